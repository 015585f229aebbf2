"""Scale to zero: pay nothing while nobody asks, and pay with a cold start when somebody does.

Worth it for what sleeps most of the time (staging, a tenant's nightly job, a rarely used model) and bearable
only where the first request may wait for the start: pulling the image, loading the model, warming the caches. A
global product has no night; there the floor is one replica (two, for availability), not zero.

The idle time before the stop is the one setting: short saves more and starts more often. `simulate` shows both
on a trace of arrivals. In Kubernetes an HPA can go to zero only on Object or External metrics, since a pod that
is gone reports no CPU; KEDA and Knative do it with a queue or a proxy that holds the first request.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Action = Literal["start", "stop", "stay"]


@dataclass(frozen=True, slots=True)
class IdlePolicy:
    """Seconds without a request before the last replica stops, and seconds that a cold start takes."""

    idle_after: float
    cold_start: float

    def decide(self, *, running: bool, waiting: int, idle_for: float) -> Action:
        """What to do now: `waiting` requests are held or under way, the last one ended `idle_for` seconds ago."""
        if not running:
            return "start" if waiting else "stay"
        return "stop" if not waiting and idle_for >= self.idle_after else "stay"


@dataclass(frozen=True, slots=True)
class IdleReport:
    """Seconds paid for, out of all seconds, the cold starts, and every request's wait in seconds."""

    paid: float
    total: float
    cold_starts: int
    waits: NDArray[np.float64]

    @property
    def saving(self) -> float:
        """Share saved against a replica that always runs."""
        return 1 - self.paid / self.total


def simulate(arrivals: Sequence[float], policy: IdlePolicy, total: float) -> IdleReport:
    """One replica over a sorted trace of arrival times within 0..`total` seconds, stopped at the start."""
    paid, ready, stops, cold_starts = 0.0, 0.0, float("-inf"), 0
    waits = np.zeros(len(arrivals))
    for index, arrival in enumerate(arrivals):
        if arrival >= stops:
            cold_starts += 1
            ready = arrival + policy.cold_start
            begun = arrival
        else:
            begun = stops
        waits[index] = max(0.0, ready - arrival)
        stops = max(arrival, ready) + policy.idle_after
        paid += min(stops, total) - min(begun, total)
    return IdleReport(paid, total, cold_starts, waits)
