"""A shadow release: the new version answers copies of real requests, and only numbers decide whether it goes on.

The rules are the canary's for errors and latency; in place of quality, which nobody's reaction can show here, there is
agreement: how much of its lists the old version's lists have too. A new model may and should differ; one that shares
next to nothing with its predecessor has been given the wrong items, or the wrong tenant's.
"""

from collections.abc import Callable
from dataclasses import replace

from recsys.rollout.audit import AuditTrail
from recsys.rollout.canary import CanaryPolicy, Finding, Progress, advance, judge, verdict
from recsys.rollout.measurement import Meter
from recsys.rollout.shadow import ShadowReport


class ShadowRelease:
    """Watches a shadow until it is promoted or turned down."""

    def __init__(
        self,
        policy: CanaryPolicy,
        report: Callable[[], ShadowReport],
        meters: tuple[Meter, Meter],
        audit: AuditTrail,
        clock: Callable[[], float],
        promote: Callable[[], None],
        min_agreement: float,
        actor: str = "shadow",
    ) -> None:
        """`meters` are those of the version that answers and of its shadow; agreement is a share, 0 to 1."""
        self._policy = replace(policy, steps=(1.0,), max_quality_loss=None)
        self._report, self._meters, self._min_agreement = report, meters, min_agreement
        self._audit, self._clock, self._promote, self._actor = audit, clock, promote, actor
        self.findings: list[Finding] = []
        self.progress = Progress(0, clock())
        self._record("mirror")

    def tick(self) -> Progress:
        """Judge the window so far and act on it; an action that fails is tried again at the next tick."""
        if self.progress.outcome != "running":
            return self.progress
        report = self._report()
        self.findings = [*judge(self._policy, *(meter.read() for meter in self._meters)), self._agreement(report)]
        after = advance(self._policy, self.progress, verdict(self.findings), self._clock())
        if after.outcome == "rolled back":
            self._record("rollback")
        elif after.outcome == "promoted":
            self._record("promote")
            self._promote()
        self.progress = after
        return after

    def _agreement(self, report: ShadowReport) -> Finding:
        reason = (
            f"{report.agreement:.0%} of the items are in both lists, limit {self._min_agreement:.0%};"
            f" {report.compared} compared, {report.failed} failed, {report.dropped} dropped"
        )
        if report.compared < self._policy.min_requests:
            return Finding("agreement", "wait", reason)
        return Finding("agreement", "pass" if report.agreement >= self._min_agreement else "fail", reason)

    def _record(self, action: str) -> None:
        evidence = [f"{finding.check} {finding.state}: {finding.reason}" for finding in self.findings]
        self._audit.record(self._actor, action, evidence=evidence)
