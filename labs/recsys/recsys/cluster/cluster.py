"""One Deployment, its Service and its autoscaler on this machine: real processes, real probes, one clock.

A loop in one thread owns all states; probes and measurements are made by a few others, which only hand in what came.

with Cluster(spec, state, clock=Clock()) as cluster:
    cluster.run_until(lambda: cluster.deployment.state == "complete", seconds=300)
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from queue import Empty, SimpleQueue

from recsys import backend
from recsys.cluster.asking import ask
from recsys.cluster.autoscaler import SYNC, Autoscaler, Decision, Reading
from recsys.cluster.deployment import Deployment
from recsys.cluster.endpoints import Endpoints
from recsys.cluster.measuring import Meters, Target, scraped
from recsys.cluster.plan import Conditions
from recsys.cluster.pod import Pod
from recsys.cluster.probes import Probe
from recsys.cluster.proxy import Proxy
from recsys.cluster.runtime import Runtime
from recsys.cluster.spec import Spec
from recsys.cluster.state import borrowed
from recsys.cluster.timeline import Clock, Event, Timeline
from recsys.settings import Settings

TICK = 0.02
PROBERS = 16


class Cluster:
    """A context: everything that it starts is stopped when it ends. Only the thread that entered may use it."""

    def __init__(
        self, spec: Spec, settings: Settings, clock: Clock, conditions: Conditions | None = None,
        tell: Callable[[Event], object] = lambda event: None,
    ) -> None:  # fmt: skip
        self.spec, self.clock, self.conditions = spec, clock, conditions or Conditions()
        self.timeline = Timeline(clock, tell)
        self.endpoints = Endpoints(self.conditions.lag)
        self.proxy = Proxy(self.endpoints)
        self.decisions: list[Decision] = []
        self.keys: Mapping[str, str] = {}
        self._settings, self._stack = settings, ExitStack()
        self._arrived: SimpleQueue[Callable[[], object]] = SimpleQueue()
        self._autoscaler, self._meters, self._due = self._scaler(), Meters(), SYNC

    def __enter__(self) -> Cluster:
        with ExitStack() as stack:
            state, self.keys = stack.enter_context(borrowed(self._settings))
            store = backend.start()
            stack.callback(store.stop)
            runtime = Runtime(self.spec, state, store.url)
            self.deployment = Deployment(
                self.spec, self.timeline, lambda name, revision: self._pod(runtime, name, revision), self._first()
            )
            stack.callback(self._kill)
            self._pool = stack.enter_context(ThreadPoolExecutor(PROBERS, "kubelet"))
            stack.enter_context(self.proxy.running())
            self._stack = stack.pop_all()
        if self.spec.unreachable:
            self.timeline.add("proxy", "NoEndpoints", self.spec.unreachable)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def run_until(self, holds: Callable[[], bool], seconds: float) -> bool:
        """Let time pass until something holds, for some seconds of the cluster's clock at most; whether it does."""
        end = self.clock() + seconds
        while not holds():
            if self.clock() >= end:
                return False
            self.tick()
            time.sleep(TICK)
        return True

    def run(self, seconds: float) -> None:
        """Let some seconds of the cluster's clock pass."""
        self.run_until(lambda: False, seconds)

    def answers(self) -> bool:
        """Whether every pod answers requests, whatever its probes say."""
        return all(pod.process is not None and scraped(pod.port) is not None for pod in self.deployment)

    def tick(self) -> None:
        """Bring everything up to this moment."""
        now = self.clock()
        while True:
            try:
                self._arrived.get_nowait()()
            except Empty:
                break
        self.deployment.tick(now)
        for pod in self.deployment:
            for probe in pod.due(now):
                self._pool.submit(self._probe, pod, probe)
        self.endpoints.update(self._ready(), now)
        if self._autoscaler and now >= self._due:
            self._due += SYNC
            self._pool.submit(self._measure, [_target(pod) for pod in self.deployment])

    def _ready(self) -> dict[str, int | None]:
        """The pods that the Service would send traffic to, and where they are reached."""
        services = self.spec.services
        if not services:
            return {}
        reached = self.spec.reaches(services[0])
        return {pod.name: pod.port if reached else None for pod in self.deployment if pod.ready}

    def _pod(self, runtime: Runtime, name: str, revision: int) -> Pod:
        return Pod(name, revision, runtime, self.timeline, self.clock())

    def _probe(self, pod: Pod, probe: Probe) -> None:
        """In a thread of the pool: ask, and hand in the answer."""
        health = pod.health
        if health is None:
            return
        reply = ask(probe, self.spec.container, pod.port)
        self._arrived.put(lambda: pod.record(probe.kind, reply, health, self.clock()))

    def _measure(self, targets: list[Target]) -> None:
        readings = self._meters.read(targets)
        self._arrived.put(lambda: self._decide(readings))

    def _decide(self, readings: list[Reading]) -> None:
        assert self._autoscaler is not None
        current = self.deployment.replicas
        decision = self._autoscaler.decide(current, readings, self.clock())
        self.decisions.append(decision)
        self.timeline.add("autoscaler", "Decision", str(decision))
        wanted = min(decision.replicas, max(self.conditions.room, current))
        if wanted < decision.replicas:
            self.timeline.add("autoscaler", "NoRoom", f"this machine rehearses {wanted} pods at most")
        if wanted != current:
            self.deployment.scale(wanted, "the autoscaler decided so")

    def _scaler(self) -> Autoscaler | None:
        if self.spec.hpa is None or not self.conditions.autoscale:
            return None
        request = self.spec.request("cpu")
        return Autoscaler(self.spec.hpa, None if request is None else int(request * 1000))

    def _first(self) -> int:
        return min(self.spec.replicas, self.conditions.room)

    def _kill(self) -> None:
        for pod in self.deployment:
            pod.kill()


def _target(pod: Pod) -> Target:
    return Target(pod.name, pod.process.pid if pod.process else 0, pod.port, pod.ready, pod.deleted is not None)
