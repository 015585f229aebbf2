"""A circuit breaker: stop calling what keeps failing, and try it again gently. Yours to write.

As it stands it is always closed: when the store dies, every request waits for its whole time-out. Around it the service
has an answer for the refused ones: popular items. Source: M. Nygard, Release It! (2nd ed. 2018), ch. 5; the rate over a
window as in resilience4j.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Literal, TypeVar

State = Literal["closed", "open", "half-open"]
Result = TypeVar("Result")


class CircuitOpenError(Exception):
    """The call was refused without being made; `retry_after` is in seconds."""

    def __init__(self, name: str, retry_after: float) -> None:
        super().__init__(f"{name} keeps failing and is left alone; try again in {retry_after:.1f} s")
        self.retry_after = retry_after


class CircuitBreaker:
    """Thread-safe breaker for one dependency: `call` wraps a call, `allow` and `record` serve elsewhere."""

    def __init__(
        self,
        name: str = "the dependency",
        *,
        failure_rate: float = 0.5,
        minimum_calls: int = 5,
        window: float = 10.0,
        reset_after: float = 5.0,
        probes: int = 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open at `failure_rate` over the last `window` seconds; raises ValueError for limits that cannot work."""
        if not 0 < failure_rate <= 1 or min(minimum_calls, probes) < 1 or min(window, reset_after) <= 0:
            raise ValueError("a breaker needs 0 < failure_rate <= 1, at least one call and one probe, positive times")
        self.name = name
        self.failure_rate, self.minimum_calls = failure_rate, minimum_calls
        self.window, self.reset_after, self.probes = window, reset_after, probes
        self._clock = clock
        self._lock = threading.Lock()
        self._calls: deque[tuple[float, bool]] = deque()
        # step 6: what else has to be remembered?

    @property
    def state(self) -> State:
        """What the next call would meet."""
        # step 6
        return "closed"

    def call(self, function: Callable[[], Result], failures: tuple[type[Exception], ...] = (Exception,)) -> Result:
        """Run `function`; only `failures` count against it. Raises CircuitOpenError without running it while open."""
        # step 6: ask, run, record; an error that is no fault of the dependency shows that it answers
        return function()

    def allow(self) -> bool:
        """Whether a call may be made now; each True must be followed by one `record`."""
        # step 6: closed, everybody; open, nobody; half open, as many as there are probes
        return True

    def record(self, *, ok: bool) -> None:
        """Tell how an allowed call ended."""
        # step 6: closed, it counts in the window; half open, it decides

    def retry_after(self) -> float:
        """Seconds until a call is let through, 0.0 where one is now."""
        # step 6
        return 0.0
