"""Load shedding: refuse early what cannot be served in time, so that the rest is served well. Yours to write.

As it stands everything is admitted, and past its capacity the service answers everybody too late. The limit adapts: it
grows by about one for each full round of answers within the `target` latency and shrinks by a tenth on one that is too
slow (additive increase, multiplicative decrease, as TCP does). Sources: Google SRE book, ch. 21, "Handling Overload";
Netflix, Performance Under Load (2018).
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
        # step 7: all places for interactive requests, a share of them for batches; count what was admitted and shed
        return self._clock()

    def leave(self, entered: float) -> None:
        """Give the place back, and learn from how long it was held."""
        # step 7: in time: the limit plus 1 / limit, where half of the places or more are taken; too late: a tenth less


class _Place(AbstractContextManager[None]):
    """A held place; a class, since a generator costs each request more than the rest of the shedder."""

    __slots__ = ("_entered", "_priority", "_shedder")

    def __init__(self, shedder: LoadShedder, priority: Priority) -> None:
        self._shedder, self._priority = shedder, priority

    def __enter__(self) -> None:
        self._entered = self._shedder.enter(self._priority)

    def __exit__(self, *_: object) -> None:
        self._shedder.leave(self._entered)
