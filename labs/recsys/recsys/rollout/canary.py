"""Canary analysis: the new version beside the old one, on live traffic, at the same time.

Why beside and not before/after: Monday differs from Sunday, and both versions see the same Monday. Why three
answers: with little traffic "no harm seen" means nothing. Each check says *fail* as soon as harm beyond the
limit is shown (by the near end of an interval, so a canary that fails every request is out within seconds),
*pass* when the minimum sample is there and the value is within its limit, and *wait* between. A canary that is
still waiting when patience runs out is rolled back: unproven is not good enough.

- errors: difference of error rates (Newcombe's interval);
- latency: share of the canary's answers slower than the old version's p95 times a factor; 5 % if nothing
  changed, whatever the distribution looks like (Wilson's interval);
- quality: difference of a proxy metric's mean (Welch), which sees a wrong model that answers fast.

All of it is decided by pure functions: numbers in, decision out. `recsys.rollout.release` applies it to
traffic.
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
    """One finding a check."""
    findings = [_errors(policy, stable, canary), _latency(policy, stable, canary)]
    return findings if policy.max_quality_loss is None else [*findings, _quality(policy, stable, canary)]


def verdict(findings: list[Finding]) -> State:
    """The worst of the findings."""
    states = {finding.state for finding in findings}
    return "fail" if "fail" in states else "wait" if "wait" in states else "pass"


def advance(policy: CanaryPolicy, progress: Progress, state: State, now: float) -> Progress:
    """The next progress at time `now`: roll back on a failure or lost patience, else step on after a full window."""
    if progress.outcome != "running":
        return progress
    waited = now - progress.since
    if state == "fail" or (state == "wait" and waited >= policy.patience):
        return replace(progress, outcome="rolled back")
    if state == "wait" or waited < policy.window:
        return progress
    if progress.step + 1 == len(policy.steps):
        return replace(progress, outcome="promoted")
    return Progress(progress.step + 1, now)


def _errors(policy: CanaryPolicy, stable: Measurements, canary: Measurements) -> Finding:
    if not stable.requests or not canary.requests:
        return Finding("errors", "wait", "no traffic yet")
    rates = two_proportions(stable.errors, stable.requests, canary.errors, canary.requests, policy.confidence)
    reason = f"{rates.treatment:.2%} against {rates.control:.2%}, limit +{policy.max_error_increase:.2%}"
    enough = min(stable.requests, canary.requests) >= policy.min_requests
    return _finding(
        "errors", reason, rates.low > policy.max_error_increase, rates.difference <= policy.max_error_increase, enough
    )


def _latency(policy: CanaryPolicy, stable: Measurements, canary: Measurements) -> Finding:
    if not stable.latencies.size or not canary.latencies.size:
        return Finding("latency", "wait", "no answers yet")
    limit = float(np.quantile(stable.latencies, 1 - SLOW)) * policy.max_latency_factor
    slow = int((canary.latencies > limit).sum())
    share = slow / canary.latencies.size
    reason = f"{share:.1%} of the answers take longer than {limit * 1000:.1f} ms, limit {SLOW:.0%}"
    enough = min(stable.latencies.size, canary.latencies.size) >= policy.min_requests
    shown = (
        stable.latencies.size >= policy.min_requests
        and wilson(slow, canary.latencies.size, policy.confidence)[0] > SLOW
    )
    return _finding("latency", reason, shown, share <= SLOW, enough)


def _quality(policy: CanaryPolicy, stable: Measurements, canary: Measurements) -> Finding:
    if min(stable.quality.size, canary.quality.size) < 2:
        return Finding("quality", "wait", "no outcomes yet")
    means = welch(Moments.of(stable.quality), Moments.of(canary.quality), policy.confidence)
    limit = -(policy.max_quality_loss or 0.0) * abs(means.control)
    reason = f"{means.treatment:.4g} against {means.control:.4g}, limit {limit:+.3g}"
    enough = min(stable.quality.size, canary.quality.size) >= policy.min_quality
    return _finding("quality", reason, enough and means.high < limit, means.difference >= limit, enough)


def _finding(check: str, reason: str, harmful: bool, within: bool, enough: bool) -> Finding:
    if harmful:
        return Finding(check, "fail", reason)
    return Finding(check, "pass" if within and enough else "wait", reason)
