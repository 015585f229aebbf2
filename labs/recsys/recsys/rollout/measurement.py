"""What a version showed in the current window: requests, errors, latencies, and quality where somebody reports it.

The window starts anew at each step of a canary: numbers from a 1 % step and a 50 % step must not be pooled,
since their traffic differs. Memory is bounded: the newest `capacity` latencies stand for the window.
"""

import threading
from collections import deque
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


def _none() -> NDArray[np.float64]:
    return np.empty(0)


@dataclass(frozen=True, slots=True)
class Measurements:
    """A window of one version; latencies in seconds, quality in the unit of whatever proxy metric is reported."""

    requests: int
    errors: int
    latencies: NDArray[np.float64] = field(default_factory=_none)
    quality: NDArray[np.float64] = field(default_factory=_none)


class Meter:
    """Thread-safe collector of one version's measurements."""

    def __init__(self, capacity: int = 20_000) -> None:
        self._lock = threading.Lock()
        self._latencies: deque[float] = deque(maxlen=capacity)
        self._quality: deque[float] = deque(maxlen=capacity)
        self._requests = self._errors = 0

    def record(self, *, failed: bool, latency: float) -> None:
        """Count one answer; a failed one counts as an error and not as a fast answer."""
        with self._lock:
            self._requests += 1
            self._errors += failed
            if not failed:
                self._latencies.append(latency)

    def record_quality(self, value: float) -> None:
        """Add one outcome (accepted or not, a rating) that is known to come from this version."""
        with self._lock:
            self._quality.append(value)

    def read(self) -> Measurements:
        """One consistent copy of the window."""
        with self._lock:
            return Measurements(self._requests, self._errors, np.array(self._latencies), np.array(self._quality))

    def reset(self) -> None:
        """Start a new window."""
        with self._lock:
            self._requests = self._errors = 0
            self._latencies.clear()
            self._quality.clear()
