"""The Deployment controller: keeps the wanted number of pods, and replaces those of an older revision by the rules."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from recsys.cluster.pod import Pod
from recsys.cluster.rolling import Pods, Step, recreate, step
from recsys.cluster.spec import Spec
from recsys.cluster.timeline import Timeline

State = Literal["progressing", "complete", "stalled"]
NOTHING = (-math.inf, -math.inf, -math.inf)


@dataclass
class Deployment:
    """Pods by revision; `tick` makes the next move. `make` makes a pod by name and revision."""

    spec: Spec
    timeline: Timeline
    make: Callable[[str, int], Pod]
    replicas: int
    revision: int = 1
    pods: list[Pod] = field(default_factory=list)
    state: State = "progressing"
    _made: int = 0
    _seen: tuple[float, float, float] = NOTHING
    _progress: float = 0.0

    def update(self, now: float) -> None:
        """Roll out another revision, as a changed template or `kubectl rollout restart` does."""
        self.revision += 1
        self.state, self._progress, self._seen = "progressing", now, NOTHING
        allowed = self.spec.bounds(self.replicas)
        least, most = self.replicas - allowed.unavailable, self.replicas + allowed.surge
        self._note("RolloutStarted", f"revision {self.revision}; {least} available at least, {most} pods at most")

    def scale(self, replicas: int, why: str) -> None:
        """Want another number of pods."""
        self._note("Scaled", f"from {self.replicas} to {replicas}: {why}")
        self.replicas = replicas

    def tick(self, now: float) -> None:
        """Bring the pods up to the moment, then create and remove what is due."""
        for pod in self.pods:
            pod.tick(now)
        self.pods = [pod for pod in self.pods if not pod.gone]
        self._move(now)
        self._judge(now)

    def present(self) -> list[Pod]:
        """The pods that are not deleted."""
        return [pod for pod in self.pods if pod.deleted is None]

    def find(self, name: str) -> Pod | None:
        """A pod by name."""
        return next((pod for pod in self.pods if pod.name == name), None)

    def _move(self, now: float) -> None:
        new, old = self._new(), self._old()
        if len(new) > self.replicas:
            self._remove(new, len(new) - self.replicas, now)
        moves = self._step(now)
        for _ in range(moves.create):
            self._made += 1
            self.pods.append(self.make(f"{self.spec.name}-{self.revision}-{self._made}", self.revision))
        self._remove(old, moves.remove, now)

    def _step(self, now: float) -> Step:
        new, old = self._counted(self._new(), now), self._counted(self._old(), now)
        if self.spec.strategy.get("type") == "Recreate":
            earlier = [pod for pod in self.pods if pod.revision != self.revision]
            if any(pod.deleted is not None for pod in earlier):
                return Step(remove=old.total)
            return recreate(self.replicas, new, old.total)
        return step(self.replicas, self.spec.bounds(self.replicas), new, old)

    def _remove(self, pods: list[Pod], count: int, now: float) -> None:
        """Delete some pods: those that are not ready first, then those that became ready last."""
        order = sorted(pods, key=lambda pod: (pod.ready, -(pod.ready_since or 0), -pod.created))
        for pod in order[:count]:
            pod.delete(now)

    def _judge(self, now: float) -> None:
        """Whether the rollout is done, or has made no progress for too long."""
        new, old = self._counted(self._new(), now), self._old()
        seen = new.total, new.available, -len(old)
        if seen > self._seen:
            self._progress = now
        self._seen = seen
        if new.total == new.available == self.replicas and not old:
            self._become(
                "complete", f"{new.available} of {self.replicas} pods of revision {self.revision} are available"
            )
        elif self.state == "complete":
            self.state, self._progress = "progressing", now
        elif now - self._progress > self.spec.progress_deadline:
            self._become("stalled", f"no progress for {self.spec.progress_deadline:g} s{self._reason()}")

    def _become(self, state: State, message: str) -> None:
        if state != self.state:
            self.state = state
            self._note({"complete": "RolloutComplete", "stalled": "ProgressDeadlineExceeded"}[state], message)

    def _reason(self) -> str:
        said = next((pod.said for pod in self._new() if not pod.ready and pod.said), "")
        return f"; the probe of a pod that is not ready says: {said}" if said else ""

    def _new(self) -> list[Pod]:
        return [pod for pod in self.present() if pod.revision == self.revision]

    def _old(self) -> list[Pod]:
        return [pod for pod in self.present() if pod.revision != self.revision]

    def _counted(self, pods: list[Pod], now: float) -> Pods:
        return Pods(len(pods), sum(pod.available(self.spec.min_ready, now) for pod in pods))

    def _note(self, reason: str, message: str) -> None:
        self.timeline.add(self.spec.name, reason, message)

    def __iter__(self) -> Iterator[Pod]:
        return iter(self.pods)
