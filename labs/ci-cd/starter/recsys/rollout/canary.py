"""Canary analysis: the new version beside the old one, on live traffic, at the same time. Yours to write.

All of it is decided by pure functions: numbers in, decision out; `recsys.rollout.release` applies them to traffic. As it
stands everything passes, and whatever is still there after one window is promoted.

What helps: `two_proportions(errors, requests, errors, requests, confidence)` gives `control`, `treatment`,
`difference`, `low`, `high` of two error rates (Newcombe), `wilson(hits, units, confidence)` the interval of one
share, `welch(Moments.of(values), Moments.of(values), confidence)` that of a difference of means.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from recsys.experiment.means import Moments, welch
from recsys.experiment.proportions import two_proportions, wilson
from recsys.rollout.measurement import Measurements

State = Literal["pass", "wait", "fail"]
Outcome = Literal["running", "promoted", "rolled back"]
SLOW = 0.05


@dataclass(frozen=True, slots=True)
class CanaryPolicy:
    """Steps (shares of traffic), the least time and sample for each, and the harm that is tolerated.

    `window` and `patience` are seconds a step. The error limit is absolute, latency a factor, quality relative;
    `max_quality_loss=None` goes without a quality check.
    """

    steps: tuple[float, ...] = (0.01, 0.05, 0.25, 0.5)
    window: float = 300.0
    patience: float = 3600.0
    min_requests: int = 500
    min_quality: int = 200
    max_error_increase: float = 0.005
    max_latency_factor: float = 1.25
    max_quality_loss: float | None = 0.05
    confidence: float = 0.99

    def __post_init__(self) -> None:
        if (
            not self.steps
            or list(self.steps) != sorted(set(self.steps))
            or not 0 < self.steps[0] <= self.steps[-1] <= 1
        ):
            raise ValueError(f"canary steps must rise within 0..1, got {self.steps}")
        if self.patience < self.window:
            raise ValueError("patience must be at least one window")


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's answer and the numbers behind it."""

    check: str
    state: State
    reason: str


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a canary stands: the step, when it began (seconds), the outcome."""

    step: int
    since: float
    outcome: Outcome = "running"


def judge(policy: CanaryPolicy, stable: Measurements, canary: Measurements) -> list[Finding]:
    """One finding a check: `errors`, `latency`, and `quality` where the policy limits its loss."""
    # step 6: three answers each: fail once harm beyond the limit is shown, pass within the limit with the least sample,
    # wait otherwise
    findings = [_errors(policy, stable, canary), _latency(policy, stable, canary)]
    return findings if policy.max_quality_loss is None else [*findings, _quality(policy, stable, canary)]


def verdict(findings: list[Finding]) -> State:
    """The worst of the findings."""
    # step 6
    return "pass"


def advance(policy: CanaryPolicy, progress: Progress, state: State, now: float) -> Progress:
    """The next progress at time `now`: roll back on a failure or lost patience, else step on after a full window."""
    # step 7: fail acts at once, pass only after a window, wait only until patience runs out; the last step promotes
    if now - progress.since >= policy.window:
        return replace(progress, outcome="promoted")
    return progress


def _errors(policy: CanaryPolicy, stable: Measurements, canary: Measurements) -> Finding:
    """The difference of the error rates; harm is shown when even the near end of its interval exceeds the limit."""
    # step 6: two_proportions
    return Finding("errors", "pass", "not looked at")


def _latency(policy: CanaryPolicy, stable: Measurements, canary: Measurements) -> Finding:
    """The share of the canary's answers slower than the stable p95 times the factor: SLOW if nothing changed."""
    # step 6: np.quantile, wilson
    return Finding("latency", "pass", "not looked at")


def _quality(policy: CanaryPolicy, stable: Measurements, canary: Measurements) -> Finding:
    """The difference of the mean quality; harm is shown when even the far end of its interval is below the limit."""
    # step 6: Moments, welch
    return Finding("quality", "pass", "not looked at")


def _finding(check: str, reason: str, harmful: bool, within: bool, enough: bool) -> Finding:
    """From three questions (harm shown? value within its limit? sample large enough?) to one answer."""
    # step 6
    return Finding(check, "pass", reason)
