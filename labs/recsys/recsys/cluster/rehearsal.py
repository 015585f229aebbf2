"""A rehearsal: bring a Deployment up, send it requests, update or scale it meanwhile, and say what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from recsys.backend import LOOPBACK
from recsys.cluster.autoscaler import Decision
from recsys.cluster.cluster import Cluster
from recsys.cluster.deployment import State
from recsys.cluster.load import Load, Tally
from recsys.cluster.plan import Plan
from recsys.cluster.spec import Spec
from recsys.cluster.timeline import Clock, Event
from recsys.settings import Settings

CALM = 3.0
"""Seconds of load before an update begins and after it has ended."""


@dataclass(frozen=True)
class Outcome:
    """What came of a rehearsal."""

    deployment: str
    started: State
    updated: State | None
    replicas: int
    restarts: int
    tally: Tally
    decisions: list[Decision]
    events: list[Event]

    @property
    def sound(self) -> bool:
        """Whether every rollout was completed and every request answered."""
        done = self.started == "complete" and self.updated in (None, "complete")
        return done and self.tally.answered > 0 and not self.tally.failed

    @property
    def verdict(self) -> str:
        """In a sentence."""
        if self.started != "complete":
            return f"the Deployment never became available: {self._last('ProgressDeadlineExceeded')}"
        sent = self.tally.answered + self.tally.failed
        failed = f"{self.tally.failed} of {sent} requests failed"
        if self.updated == "complete":
            return f"updated; {failed}"
        return f"the update came to a halt; {failed}" if self.updated else failed

    def to_json(self) -> dict[str, Any]:
        """Everything as plain data."""
        return {
            "deployment": self.deployment, "sound": self.sound, "verdict": self.verdict, "started": self.started,
            "updated": self.updated, "replicas": self.replicas, "restarts": self.restarts,
            "requests": requests(self.tally), "decisions": [asdict(one) for one in self.decisions],
            "timeline": [asdict(one) for one in self.events],
        }  # fmt: skip

    def _last(self, reason: str) -> str:
        said = [one.message for one in self.events if one.reason == reason]
        return said[-1] if said else "it took too long"


def requests(tally: Tally) -> dict[str, Any]:
    """The requests of a tally as plain data; latencies in seconds."""
    return {
        "answered": tally.answered, "failed": tally.failed, "strategies": dict(tally.strategies),
        "p50": round(tally.quantile(0.5), 4), "p99": round(tally.quantile(0.99), 4),
        "failures": dict(Counter(one.how for one in tally.failures)),
        "failed_at": [one.at for one in tally.failures],
    }  # fmt: skip


def rehearse(
    spec: Spec, settings: Settings, plan: Plan, tell: Callable[[Event], object] = lambda event: None
) -> Outcome:
    """Carry out a plan on this machine; nothing is left running. Raises OSError, BackendError."""
    with Cluster(spec, settings, Clock(plan.speed), plan.conditions, tell) as cluster:
        started, tally = _settled(cluster, plan), Tally()
        updated: State | None = None
        if started == "complete":
            # What is measured begins from a working state, even where a pod is called ready before it answers.
            cluster.run_until(cluster.answers, plan.limit)
            cluster.run(plan.conditions.lag + 1)
            cluster.timeline.add("proxy", "Listening", f"listening on http://{LOOPBACK}:{cluster.proxy.port}")
            with Load(cluster.proxy.port, cluster.keys, plan.rate, cluster.clock) as load:
                tally = load.tally
                if plan.update:
                    updated = _updated(cluster, plan)
                else:
                    cluster.run(plan.seconds)
                load.stop()
        restarts = sum(pod.restarts for pod in cluster.deployment)
        return Outcome(
            spec.name, started, updated, cluster.deployment.replicas, restarts, tally, cluster.decisions,
            cluster.timeline.events,
        )  # fmt: skip


def _updated(cluster: Cluster, plan: Plan) -> State:
    cluster.run(CALM)
    cluster.deployment.update(cluster.clock())
    state = _settled(cluster, plan)
    if state == "complete":
        cluster.run_until(lambda: all(pod.deleted is None for pod in cluster.deployment), plan.limit)
    cluster.run(CALM)
    return state


def _settled(cluster: Cluster, plan: Plan) -> State:
    """The state once it is no longer progressing, or when the plan's limit is over."""
    deployment = cluster.deployment
    cluster.run_until(lambda: deployment.state != "progressing", plan.limit)
    return deployment.state
