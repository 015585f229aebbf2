"""The pipeline's gates: each one may stop a model, in the order of what they cost.

Data validation is cheap and runs first; training, evaluation against the champion and the canary follow. A gate
returns what is wrong, in words; nothing wrong lets the model pass. A gate that crashes is a gate that did not
pass. Every result goes into the audit trail, so that "why is this model in production?" has an answer a year
later.
"""

from collections.abc import Callable, Mapping, Sequence

from recsys.rollout.audit import AuditTrail

Gate = Callable[[], Sequence[str]]


def run_gates(gates: Mapping[str, Gate], audit: AuditTrail, actor: str = "pipeline") -> str | None:
    """Run gates in order until one fails; its name, or None when all passed."""
    for name, gate in gates.items():
        try:
            problems = list(gate())
        except Exception as error:  # a crash must not count as a pass
            problems = [f"the gate itself failed: {type(error).__name__}: {error}"]
        audit.record(actor, f"gate {name}", passed=not problems, problems=problems)
        if problems:
            return name
    return None
