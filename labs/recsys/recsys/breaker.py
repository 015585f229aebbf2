"""A circuit breaker: stop calling what keeps failing, and try it again gently.

What: a state machine around calls to one dependency. Closed, it lets calls through and counts failures over a sliding
window; at `failure_rate` of at least `minimum_calls` it opens and refuses at once; after `reset_after` seconds it is
half open and lets `probes` calls through: all of them succeed and it closes, one fails and it opens again.

Why: a dead dependency costs each request a whole time-out. Threads pile up, and a fault of one part becomes an outage
of all. The trade-off: it protects the caller, it repairs nothing, and it refuses some calls that would have
succeeded. Have an answer for the refused ones: a stale value, a popular item, a smaller result.

Source: M. Nygard, Release It! (2nd ed. 2018), ch. 5; the rate over a window as in resilience4j.
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
        self._failed = 0
        self._opened_at: float | None = None
        self._probing = self._probes_passed = 0

    @property
    def state(self) -> State:
        """What the next call would meet."""
        with self._lock:
            return self._state(self._clock())

    def call(self, function: Callable[[], Result], failures: tuple[type[Exception], ...] = (Exception,)) -> Result:
        """Run `function`; only `failures` count against it. Raises CircuitOpenError without running it while open."""
        if not self.allow():
            raise CircuitOpenError(self.name, self.retry_after())
        try:
            result = function()
        except BaseException as error:
            # An error that is no fault of the dependency (a bad argument, say) shows that it answers.
            self.record(ok=not isinstance(error, failures))
            raise
        self.record(ok=True)
        return result

    def allow(self) -> bool:
        """Whether a call may be made now; each True must be followed by one `record`."""
        with self._lock:
            state = self._state(self._clock())
            if state == "half-open" and self._probing < self.probes:
                self._probing += 1
                return True
            return state == "closed"

    def record(self, *, ok: bool) -> None:
        """Tell how an allowed call ended."""
        with self._lock:
            now = self._clock()
            state = self._state(now)
            if state == "half-open":
                self._record_probe(ok, now)
            elif state == "closed":
                self._record_call(ok, now)

    def retry_after(self) -> float:
        """Seconds until a call is let through, 0.0 where one is now."""
        with self._lock:
            return 0.0 if self._opened_at is None else max(0.0, self._opened_at + self.reset_after - self._clock())

    def _state(self, now: float) -> State:
        if self._opened_at is None:
            return "closed"
        return "half-open" if now >= self._opened_at + self.reset_after else "open"

    def _record_probe(self, ok: bool, now: float) -> None:
        if not ok:
            self._open(now)
            return
        self._probes_passed += 1
        if self._probes_passed >= self.probes:
            self._opened_at = None
            self._forget()

    def _record_call(self, ok: bool, now: float) -> None:
        self._calls.append((now, ok))
        self._failed += not ok
        while self._calls[0][0] <= now - self.window:
            self._failed -= not self._calls.popleft()[1]
        if len(self._calls) >= self.minimum_calls and self._failed >= self.failure_rate * len(self._calls):
            self._open(now)

    def _open(self, now: float) -> None:
        self._opened_at = now
        self._probing = self._probes_passed = 0
        self._forget()

    def _forget(self) -> None:
        self._calls.clear()
        self._failed = 0
