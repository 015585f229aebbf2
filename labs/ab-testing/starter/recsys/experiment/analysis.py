"""From counts and estimates to a verdict, in the order in which an experiment may fail. The order is yours to write.

As it stands the verdict is always to keep running. One treatment against the control a call.
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
    """P-values by metric, corrected together; guardrails stay out of it."""
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
    """The decision and its reasons, in words; `goal.describe()` says how a metric changed, without any statistics."""
    # step 9: the groups; harm that is shown; the planned end; the goal; harm that is not ruled out
    return "keep running", ["nothing is judged yet"]


def _secondary(metrics: Sequence[Metric], adjusted: Mapping[str, float], alpha: float) -> list[str]:
    """The secondary metrics that moved, in words: they explain and do not decide."""
    # step 9
    return []


def _mismatch(ratio: SampleRatio) -> str:
    """Which group has how many units, how many were planned, and how often chance does that."""
    # step 9
    return ""


def _odds(p_value: float) -> str:
    # step 9: "once in 1,000 experiments"
    return ""
