"""How many replicas the Kubernetes HorizontalPodAutoscaler wants: its arithmetic, to the rounding. Yours to write.

As it stands the autoscaler never changes anything. Kinds of metric and of pod are given, and so is which pods count;
the formula, the tolerance and the assumptions about pods without a metric are yours.

Values are in milli-units, as Kubernetes keeps them: 250 is 250m CPU, 15000 is 15 requests a second. Source:
kubernetes.io "Horizontal Pod Autoscaling", algorithm details; pkg/controller/podautoscaler/replica_calculator.go.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Pod:
    """One pod as the autoscaler sees it.

    `usage` None is a missing metric; `pending` is not scheduled or not started; `gone` is being deleted or failed.
    """

    usage: int | None
    request: int = 1000
    ready: bool = True
    pending: bool = False
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Relative deviations from the target that are ignored in each direction."""

    up: float = 0.1
    down: float = 0.1

    def covers(self, ratio: float) -> bool:
        """Whether value / target is close enough to 1."""
        # step 8
        return True


class Metric(Protocol):
    """One entry of `spec.metrics` with its current reading."""

    def replicas(self, current: int, tolerance: Tolerance) -> int | None:
        """What this metric alone asks for, None where it cannot be read."""
        ...


@dataclass(frozen=True, slots=True)
class Utilization:
    """`type: Resource` with `averageUtilization`: usage in per cent of the pods' requests."""

    target: int
    pods: Sequence[Pod]
    cpu: bool = True  # readiness matters to CPU alone: a starting pod burns it

    def replicas(self, current: int, tolerance: Tolerance) -> int | None:
        """What the utilisation asks for."""
        return _by_pods(self, current, tolerance)

    def ratio(self, pods: Sequence[Pod]) -> float:
        """Utilisation over target."""
        return sum(pod.usage or 0 for pod in pods) * 100 // sum(pod.request for pod in pods) / self.target

    def in_full(self, pod: Pod) -> int:
        """The usage to assume of a pod without a metric when scaling down."""
        return pod.request * max(100, self.target) // 100


@dataclass(frozen=True, slots=True)
class PodAverage:
    """`type: Pods` with `averageValue`: a metric of each pod, such as its requests a second."""

    target: int
    pods: Sequence[Pod]
    cpu: bool = False

    def replicas(self, current: int, tolerance: Tolerance) -> int | None:
        """What the average over the pods asks for."""
        return _by_pods(self, current, tolerance)

    def ratio(self, pods: Sequence[Pod]) -> float:
        """Average over target."""
        return sum(pod.usage or 0 for pod in pods) // len(pods) / self.target

    def in_full(self, pod: Pod) -> int:
        """The usage to assume of a pod without a metric when scaling down."""
        return self.target


@dataclass(frozen=True, slots=True)
class TotalAverage:
    """`type: External` or `Object` with `averageValue`: one number for all, such as the length of a queue."""

    target: int
    total: int | None

    def replicas(self, current: int, tolerance: Tolerance) -> int | None:
        """As many as bring the share of each to the target."""
        # step 8: None where it cannot be read; else what brings each one's share to the target, within the tolerance
        return current


@dataclass(frozen=True, slots=True)
class TotalValue:
    """`type: External` or `Object` with `value`: one number that more replicas bring down, such as a waiting time."""

    target: int
    value: int | None
    ready: int

    def replicas(self, current: int, tolerance: Tolerance) -> int | None:
        """The ready pods times value / target."""
        if self.value is None:
            return None
        ratio = self.value / self.target
        if current == 0:
            return math.ceil(ratio)
        return current if tolerance.covers(ratio) else math.ceil(ratio * self.ready)


def desired_replicas(current: int, metrics: Sequence[Metric], tolerance: Tolerance | None = None) -> int:
    """What all metrics together ask for, before limits and stabilisation (`recsys.capacity.behaviour`).

    Raises ValueError where there is no metric or none can be read: the autoscaler then leaves the replicas alone.
    """
    # step 8: the largest answer wins; one that cannot be read forbids scaling down
    return current


def _by_pods(metric: Utilization | PodAverage, current: int, tolerance: Tolerance) -> int | None:
    # step 8: the ratio of the ready pods decides the direction; then what is assumed of the others dampens it
    return current


def _grouped(pods: Sequence[Pod], *, cpu: bool) -> tuple[list[Pod], list[Pod], list[Pod]]:
    """Pods that count, pods not ready, pods without a metric."""
    present = [pod for pod in pods if not pod.gone]
    unready = [pod for pod in present if pod.pending or (cpu and not pod.ready and pod.usage is not None)]
    missing = [pod for pod in present if pod.usage is None and not pod.pending]
    return [pod for pod in present if pod not in unready and pod not in missing], unready, missing


def _dampened(current: int, ratio: float, assumed: float, pods: int, tolerance: Tolerance) -> int:
    """The answer with assumptions about some pods, unless they change nothing much or the direction."""
    # step 8
    return current
