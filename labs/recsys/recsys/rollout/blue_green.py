"""A blue-green release: everybody moves to the new version in one moment, and back just as fast.

First the live version shows what is normal: a window of its own traffic. Then the idle one, if it is healthy, becomes
live, and is judged against that window by the canary's rules. What is compared is *before* and *after*, not side by
side, so a change of the traffic looks like a change of the version; and a fault meets all users until the first tick
that sees it. In return no two versions ever answer at once, which some changes of data demand.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from recsys.rollout.audit import AuditTrail
from recsys.rollout.canary import CanaryPolicy, Finding, Progress, advance, judge, verdict
from recsys.rollout.measurement import Measurements, Meter
from recsys.rollout.traffic import BlueGreen


class BlueGreenRelease:
    """From a baseline of the live version over the switch to promotion, or back."""

    def __init__(
        self,
        policy: CanaryPolicy,
        pair: BlueGreen,
        meters: Mapping[str, Meter],
        audit: AuditTrail,
        clock: Callable[[], float],
        promote: Callable[[], None],
        healthy: Callable[[str], bool],
        actor: str = "blue-green",
    ) -> None:
        """`meters` by version; `promote` makes the new version the champion; `healthy` tells whether one answers."""
        self._policy, self._pair, self._meters = replace(policy, steps=(1.0,)), pair, meters
        self._audit, self._clock, self._promote, self._healthy = audit, clock, promote, healthy
        self._actor, self._names = actor, {"old": pair.live, "new": pair.idle}
        self._before: Measurements | None = None
        self.findings: list[Finding] = []
        self.progress = Progress(0, clock())
        self._record("baseline")

    def tick(self) -> Progress:
        """Act on the window so far; an action that fails is tried again at the next tick."""
        if self.progress.outcome == "running":
            self.progress = self._measure() if self._before is None else self._watch(self._before)
        return self.progress

    def _measure(self) -> Progress:
        """Wait until the old version has shown enough, then switch."""
        seen, waited = self._meters[self._names["old"]].read(), self._clock() - self.progress.since
        if waited >= self._policy.window and self._is_enough(seen):
            return self._switch(seen)
        if waited < self._policy.patience:
            return self.progress
        self.findings = [Finding("baseline", "wait", f"{seen.requests} requests are too few to compare with")]
        self._record("rollback")
        return replace(self.progress, outcome="rolled back")

    def _is_enough(self, seen: Measurements) -> bool:
        wanted = self._policy.min_quality if self._policy.max_quality_loss is not None else 0
        return seen.requests >= self._policy.min_requests and seen.quality.size >= wanted

    def _switch(self, seen: Measurements) -> Progress:
        self._meters[self._names["new"]].reset()
        if not self._pair.switch(self._may_switch):
            self.findings = [Finding("health", "fail", "the new version does not say that it is ready")]
            self._record("rollback")
            return replace(self.progress, outcome="rolled back")
        self._before = seen
        return Progress(1, self._clock())

    def _may_switch(self, name: str) -> bool:
        """Asked just before the switch, which is recorded before it happens, and only if it does."""
        if not self._healthy(name):
            return False
        self._record("switch")
        return True

    def _watch(self, before: Measurements) -> Progress:
        self.findings = judge(self._policy, before, self._meters[self._names["new"]].read())
        first = replace(self.progress, step=0)  # the policy's only step
        after = advance(self._policy, first, verdict(self.findings), self._clock())
        if after.outcome == "rolled back":
            self._pair.rollback()
            self._record("rollback")
        elif after.outcome == "promoted":
            self._record("promote")
            self._promote()
        return replace(after, step=1)

    def _record(self, action: str) -> None:
        evidence = [f"{finding.check} {finding.state}: {finding.reason}" for finding in self.findings]
        self._audit.record(self._actor, action, **self._names, evidence=evidence)
