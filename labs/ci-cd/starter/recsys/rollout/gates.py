"""The pipeline's gates, each of which may stop a model: yours to write.

A gate is a function that returns what is wrong, in words; nothing wrong lets the model pass. As it stands every gate is
run, and whatever it says, the next one follows.
"""

from collections.abc import Callable, Mapping, Sequence

from recsys.rollout.audit import AuditTrail

Gate = Callable[[], Sequence[str]]


def run_gates(gates: Mapping[str, Gate], audit: AuditTrail, actor: str = "pipeline") -> str | None:
    """Run gates in order until one fails; its name, or None when all passed."""
    # step 1: stop at the first that names a problem; one that crashes has not passed; record what each came to
    for name, gate in gates.items():
        gate()
        audit.record(actor, f"gate {name}", passed=True, problems=[])
    return None
