"""A release: applies the canary's decisions to traffic, and writes down each of them. Yours to write.

`tick` is called every few seconds by whoever owns the clock (a thread, a test, a lab). As it stands it acts first and
writes later, whatever the action, and never starts a new window.
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
        # step 7: judge once and move on. What protects users comes before it is recorded, what adds risk after.
        # Step 9 runs it under load.
        self.findings = judge(self._policy, *(meter.read() for meter in self.meters))
        self.progress = advance(self._policy, self.progress, verdict(self.findings), self._clock())
        if self.progress.outcome == "promoted":
            self._promote()
            self._record("promote")
        return self.progress

    def _enter(self, step: int) -> None:
        """Begin a step: its weight, and a window of its own."""
        # step 7: numbers of different steps must not be pooled
        self._split.weight = self._policy.steps[step]
        self._record("step", weight=self._policy.steps[step])

    def _record(self, action: str, **details: object) -> None:
        evidence = [f"{finding.check} {finding.state}: {finding.reason}" for finding in self.findings]
        names = {"stable": self._split.stable, "canary": self._split.canary}
        self._audit.record(self._actor, action, **names, **details, evidence=evidence)
