"""A release: applies the canary's decisions to traffic, and writes down each of them.

`tick` is called every few seconds by whoever owns the clock (a thread, a test, a lab). It reads both meters,
judges, and moves the weight. Order matters: what protects users comes first (a rollback takes the traffic away
before it is recorded), what adds risk comes last (a step or a promote is recorded before it happens).
"""

from collections.abc import Callable

from recsys.rollout.audit import AuditTrail
from recsys.rollout.canary import CanaryPolicy, Finding, Progress, advance, judge, verdict
from recsys.rollout.measurement import Meter
from recsys.rollout.traffic import CanarySplit


class CanaryRelease:
    """One canary from its first step to promotion or rollback."""

    def __init__(
        self,
        policy: CanaryPolicy,
        split: CanarySplit,
        meters: tuple[Meter, Meter],
        audit: AuditTrail,
        clock: Callable[[], float],
        promote: Callable[[], None],
        actor: str = "canary",
    ) -> None:
        """`meters` are those of the stable version and of the canary; `promote` makes the canary the champion."""
        self._policy, self._split, self._audit = policy, split, audit
        self.meters = meters
        self._clock, self._promote, self._actor = clock, promote, actor
        self.findings: list[Finding] = []
        self.progress = Progress(0, clock())
        self._enter(0)

    def tick(self) -> Progress:
        """Judge the window so far and act on it; an action that fails is tried again at the next tick."""
        if self.progress.outcome != "running":
            return self.progress
        self.findings = judge(self._policy, *(meter.read() for meter in self.meters))
        after = advance(self._policy, self.progress, verdict(self.findings), self._clock())
        if after.outcome == "rolled back":
            self._split.weight = 0.0
            self._record("rollback")
        elif after.outcome == "promoted":
            self._record("promote")
            self._promote()
            self._split.weight = 1.0
        elif after.step != self.progress.step:
            self._enter(after.step)
        self.progress = after
        return after

    def _enter(self, step: int) -> None:
        weight = self._policy.steps[step]
        self._record("step", weight=weight)
        for meter in self.meters:
            meter.reset()
        self._split.weight = weight

    def _record(self, action: str, **details: object) -> None:
        evidence = [f"{finding.check} {finding.state}: {finding.reason}" for finding in self.findings]
        names = {"stable": self._split.stable, "canary": self._split.canary}
        self._audit.record(self._actor, action, **names, **details, evidence=evidence)
