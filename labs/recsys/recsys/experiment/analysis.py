"""From counts and estimates to a verdict, in the order in which an experiment may fail.

1. Sample ratio: if the groups are not as planned, nothing below means anything.
2. Guardrails: proven harm stops the experiment at once, also before its end (a needless stop costs less than
   harm).
3. The planned end: before it a fixed-horizon p-value is no evidence. With always-valid estimates
   (`sequential=True`) one may decide any day.
4. Goal and secondary metrics, corrected together by Benjamini-Hochberg.
5. A better goal ships only when each guardrail is *shown* to be safe.

One treatment against the control a call; for several treatments call once for each with `alpha` divided by
their number.
"""

from collections.abc import Mapping, Sequence

from recsys.experiment.definition import Experiment
from recsys.experiment.metric import Metric
from recsys.experiment.multiple import benjamini_hochberg
from recsys.experiment.srm import SampleRatio, sample_ratio
from recsys.experiment.verdict import Decision, Verdict


def analyse(
    experiment: Experiment,
    counts: Mapping[str, int],
    metrics: Sequence[Metric],
    *,
    planned_units: int = 0,
    alpha: float = 0.05,
    sequential: bool = False,
) -> Verdict:
    """Judge an experiment from exposed units a variant and one estimate a metric; exactly one metric is the goal."""
    goals = [metric for metric in metrics if metric.role == "goal"]
    if len(goals) != 1:
        raise ValueError(f"experiment {experiment.name!r} needs exactly one goal metric, got {len(goals)}")
    ratio = sample_ratio(counts, experiment.shares)
    adjusted = _adjusted(metrics)
    complete = sum(counts.values()) >= planned_units
    decision, reasons = _decide(goals[0], metrics, ratio, adjusted, alpha, complete, sequential)
    if not complete and decision in ("keep running", "ship"):
        reasons += [f"{sum(counts.values()):,} of the {planned_units:,} planned units have been seen"]
    return Verdict(decision, tuple(reasons), ratio, adjusted)


def _adjusted(metrics: Sequence[Metric]) -> dict[str, float]:
    tested = [metric for metric in metrics if metric.role != "guardrail"]
    p_values = benjamini_hochberg([metric.estimate.p_value for metric in tested])
    return {metric.name: float(p) for metric, p in zip(tested, p_values, strict=True)}


def _decide(
    goal: Metric,
    metrics: Sequence[Metric],
    ratio: SampleRatio,
    adjusted: Mapping[str, float],
    alpha: float,
    complete: bool,
    sequential: bool,
) -> tuple[Decision, list[str]]:
    if ratio.mismatch:
        return "do not trust", [_mismatch(ratio)]
    guardrails = [metric for metric in metrics if metric.role == "guardrail"]
    if harmed := [metric for metric in guardrails if metric.safety == "harmed"]:
        return "do not ship", [f"{metric.describe()}: worse than the agreed limit" for metric in harmed]
    significant = adjusted[goal.name] <= alpha
    if not complete and not (sequential and significant):
        return "keep running", ["the result of the goal is not evidence yet, whatever it shows today"]
    reasons = [goal.describe(), *_secondary(metrics, adjusted, alpha)]
    if not significant:
        return "no clear difference", reasons
    if goal.gain[1] < 0:
        return "do not ship", reasons
    if unsure := [metric for metric in guardrails if metric.safety == "unsure"]:
        return "keep running", reasons + [f"harm is not ruled out yet: {metric.describe()}" for metric in unsure]
    return "ship", reasons + [f"{metric.name} stays within its limit" for metric in guardrails]


def _secondary(metrics: Sequence[Metric], adjusted: Mapping[str, float], alpha: float) -> list[str]:
    return [m.describe() for m in metrics if m.role == "secondary" and adjusted[m.name] <= alpha]


def _mismatch(ratio: SampleRatio) -> str:
    groups = ", ".join(f"{v} {n:,} (planned {ratio.expected[v]:,.0f})" for v, n in ratio.observed.items())
    return (
        f"units were lost or doubled on the way: {groups}; chance does this {_odds(ratio.p_value)}."
        " Look for a crash, a redirect, a bot filter or a gap in the log that hits one variant more"
    )


def _odds(p_value: float) -> str:
    return f"once in {1 / p_value:,.0f} experiments" if p_value > 1e-9 else "practically never"
