"""Load shedding: refuse early what cannot be served in time, so that the rest is served well.

Past its capacity a service does not slow down gently: queues grow, every answer comes after its caller has given up,
and the work is wasted. A refusal (503 with Retry-After) costs microseconds. What is shed first is what is missed
least: batch jobs may use `batch_share` of the places, interactive requests all of them.

The limit adapts, since nobody knows the right number and it changes with each deploy: it grows by about one for each
full round of answers within the `target` latency and shrinks by a tenth on one that is too slow (additive increase,
multiplicative decrease, as TCP does). By Little's law, concurrency = throughput x latency, a limit on concurrency
holds the latency wherever the throughput ends. Sources: Google SRE book, ch. 21, "Handling Overload"; Netflix,
Performance Under Load (2018).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Literal

Priority = Literal["interactive", "batch"]


class OverloadedError(Exception):
    """The request is refused; try again in `retry_after` seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"too many requests at once; try again in {retry_after:g} s")
        self.retry_after = retry_after


class LoadShedder:
    """Places for requests, as many as keep the latency within its target."""

    def __init__(
        self,
        limit: int = 20,
        *,
        lowest: int = 2,
        highest: int = 200,
        target: float = 0.2,
        batch_share: float = 0.5,
        cool_down: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start with `limit` places, stay within `lowest` and `highest`, shrink at most once in `cool_down` seconds."""
        if not 1 <= lowest <= limit <= highest:
            raise ValueError(f"the limits must rise: 1 <= {lowest} <= {limit} <= {highest}")
        self.lowest, self.highest, self.target = lowest, highest, target
        self.batch_share, self.cool_down = batch_share, cool_down
        self._limit, self._clock = float(limit), clock
        self._lock = threading.Lock()
        self._shrunk_at = -cool_down
        self.in_flight = 0
        self.admitted: dict[Priority, int] = {"interactive": 0, "batch": 0}
        self.shed: dict[Priority, int] = {"interactive": 0, "batch": 0}

    @property
    def limit(self) -> int:
        """Requests that may run at once now."""
        return int(self._limit)

    def admit(self, priority: Priority = "interactive") -> AbstractContextManager[None]:
        """Hold a place while the block runs. Raises OverloadedError at its start where there is none."""
        return _Place(self, priority)

    def enter(self, priority: Priority) -> float:
        """Take a place; the moment at which it was taken. Raises OverloadedError where there is none."""
        with self._lock:
            places = self.limit if priority == "interactive" else max(int(self._limit * self.batch_share), 1)
            if self.in_flight >= places:
                self.shed[priority] += 1
                raise OverloadedError(self.cool_down)
            self.in_flight += 1
            self.admitted[priority] += 1
        return self._clock()

    def leave(self, entered: float) -> None:
        """Give the place back, and learn from how long it was held."""
        with self._lock:
            now = self._clock()
            latency = now - entered
            busy = 2 * self.in_flight >= self.limit  # an idle service says nothing about its capacity
            self.in_flight -= 1
            if latency <= self.target:
                self._limit = min(self._limit + (1 / self._limit if busy else 0), self.highest)
            elif now - self._shrunk_at >= self.cool_down:
                self._limit = max(self._limit * 0.9, self.lowest)
                self._shrunk_at = now


class _Place(AbstractContextManager[None]):
    """A held place; a class, since a generator costs each request more than the rest of the shedder."""

    __slots__ = ("_entered", "_priority", "_shedder")

    def __init__(self, shedder: LoadShedder, priority: Priority) -> None:
        self._shedder, self._priority = shedder, priority

    def __enter__(self) -> None:
        self._entered = self._shedder.enter(self._priority)

    def __exit__(self, *_: object) -> None:
        self._shedder.leave(self._entered)
