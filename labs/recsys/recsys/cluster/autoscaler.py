"""What the HorizontalPodAutoscaler of the manifests decides on measured pods.

CPU is what each process really used, in milli-cores, against the manifest's request; requests a second are counted
from the service's own metric, as the adapter of a cluster does. The arithmetic is that of `recsys.capacity`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from recsys.capacity import SCALE_DOWN, SCALE_UP, Pod, PodAverage, Policy, Rules, Scaler, Tolerance, Utilization
from recsys.capacity.hpa import Metric, desired_replicas
from recsys.manifests.resource import Resource, dig
from recsys.manifests.rules.resources import quantity

SYNC = 15.0
"""Seconds between two decisions."""
REQUESTS = "recsys_requests_per_second"


@dataclass(frozen=True, slots=True)
class Reading:
    """One pod as it was measured: milli-cores, thousandths of a request a second; None where nothing is known yet."""

    cpu: int | None = None
    requests: int | None = None
    ready: bool = True
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What an autoscaler made of a moment: each metric in words, what they ask for, and what is done about it."""

    at: float
    current: int
    metrics: tuple[str, ...]
    desired: int
    replicas: int

    def __str__(self) -> str:
        limited = "" if self.desired == self.replicas else f", limited to {self.replicas}"
        return f"{'; '.join(self.metrics)}: wants {self.desired}{limited} (there are {self.current})"


class Autoscaler:
    """One HorizontalPodAutoscaler; `request` is the container's CPU request in milli-cores, None without one."""

    def __init__(self, hpa: Resource, request: int | None) -> None:
        spec: Mapping[str, Any] = hpa.get("spec") or {}
        behaviour = spec.get("behavior") or {}
        self._metrics, self._request = spec.get("metrics") or [], request
        self._tolerance = Tolerance(*(_tolerance(behaviour.get(way) or {}) for way in ("scaleUp", "scaleDown")))
        up, down = _rules(behaviour.get("scaleUp"), SCALE_UP), _rules(behaviour.get("scaleDown"), SCALE_DOWN)
        self._scaler = Scaler(spec.get("minReplicas") or 1, spec["maxReplicas"], up, down)

    def decide(self, current: int, readings: Sequence[Reading], now: float) -> Decision:
        """The decision at `now` (seconds), given the replicas that are wanted at present."""
        read = [self._read(metric, readings) for metric in self._metrics]
        said = tuple(words for _, words in read)
        try:
            desired = desired_replicas(current, [metric for metric, _ in read], self._tolerance)
        except ValueError:
            return Decision(now, current, (*said, "nothing could be read"), current, current)
        return Decision(now, current, said, desired, self._scaler.step(current, desired, now))

    def _read(self, metric: Mapping[str, Any], readings: Sequence[Reading]) -> tuple[Metric, str]:
        """A metric with its reading, and both in words; one that nobody measures here has no pods."""
        percent = dig(metric, "resource", "target", "averageUtilization")
        if dig(metric, "resource", "name") == "cpu" and percent and self._request:
            return self._cpu(percent, self._request, readings)
        average = quantity(dig(metric, "pods", "target", "averageValue"))
        if dig(metric, "pods", "metric", "name") == REQUESTS and average:
            return self._requests(int(average * 1000), readings)
        name = dig(metric, "resource", "name") or dig(metric, "pods", "metric", "name") or metric.get("type")
        return PodAverage(1, ()), f"{name} cannot be read here"

    def _cpu(self, target: int, request: int, readings: Sequence[Reading]) -> tuple[Metric, str]:
        pods = [Pod(one.cpu, request, one.ready, gone=one.gone) for one in readings]
        used = [one.cpu for one in readings if one.cpu is not None and one.ready]
        share = f"{100 * sum(used) // (request * len(used))} %" if used else "unknown"
        return Utilization(target, pods), f"CPU {share} of the request of {request}m, target {target} %"

    def _requests(self, target: int, readings: Sequence[Reading]) -> tuple[Metric, str]:
        pods = [Pod(one.requests, gone=one.gone) for one in readings]
        known = [one.requests for one in readings if one.requests is not None]
        mean = f"{sum(known) / len(known) / 1000:.1f}" if known else "unknown"
        return PodAverage(target, pods), f"{mean} requests a second a pod, target {target / 1000:g}"


def _rules(given: Mapping[str, Any] | None, default: Rules) -> Rules:
    """One direction of `spec.behavior`, with the defaults of Kubernetes for what is not given."""
    given = given or {}
    policies = tuple(Policy(one["type"], one["value"], one["periodSeconds"]) for one in given.get("policies") or ())
    window = given.get("stabilizationWindowSeconds")
    return Rules(
        default.stabilization if window is None else float(window), policies or default.policies,
        given.get("selectPolicy") or "Max",
    )  # fmt: skip


def _tolerance(given: Mapping[str, Any]) -> float:
    value = quantity(given.get("tolerance"))
    return 0.1 if value is None else float(value)


@dataclass
class Gauge:
    """Rates of growing totals by pod: each reading is compared with the one before."""

    clock: Callable[[], float]

    def __post_init__(self) -> None:
        self._before: dict[str, tuple[float, float]] = {}

    def rate(self, pod: str, total: float | None) -> int | None:
        """Growth in thousandths a second since the last call for this pod; None at the first, or after a restart."""
        if total is None:
            self._before.pop(pod, None)
            return None
        now, before = self.clock(), self._before.get(pod)
        self._before[pod] = now, total
        if before is None or total < before[1] or now <= before[0]:
            return None
        return math.floor(1000 * (total - before[1]) / (now - before[0]))


def requests_total(exposition: str) -> float:
    """The tenants' requests that a pod has counted, from its metrics in Prometheus' text format."""
    return sum(_values(exposition))


def _values(exposition: str) -> Iterator[float]:
    for line in exposition.splitlines():
        if line.startswith("recsys_requests_total{") and 'route="/v1/' in line:
            yield float(line.rsplit(" ", 1)[1])
