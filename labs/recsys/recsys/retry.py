"""Retries that help one request without drowning the service.

A retry hides a transient fault. Without limits it also multiplies an overload: three layers that try three times each
send 27 requests for one, at the moment the service can least bear it. Three limits belong together:

- few attempts, and only for errors that may pass and calls that may be repeated (idempotent ones);
- exponential backoff with full jitter, so that clients that failed together do not come back together (Brooker, AWS
  2015);
- a budget shared by all requests: retries may add at most `ratio` to the load. When everything fails, 10 % more is
  sent, not 200 % (Google SRE book, ch. 22, "Addressing Cascading Failures"; Finagle's RetryBudget).
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


class RetryBudget:
    """Tokens for retries: each request earns `ratio` of one, a small `reserve` lets a quiet service retry at all."""

    def __init__(self, ratio: float = 0.1, reserve: float = 10.0) -> None:
        """Hold at most `reserve` tokens, all there at the start. Raises ValueError where a retry could never happen."""
        if not 0 <= ratio <= 1 or reserve < 1:
            raise ValueError(
                f"a retry budget needs a ratio in [0, 1] and a reserve of 1 or more, not {ratio}, {reserve}"
            )
        self.ratio, self.reserve = ratio, reserve
        self._tokens = reserve
        self._lock = threading.Lock()
        self.spent = self.refused = 0

    def earn(self) -> None:
        """Count one first attempt."""
        with self._lock:
            self._tokens = min(self._tokens + self.ratio, self.reserve)

    def spend(self) -> bool:
        """Whether one more retry is allowed; it is paid for at once."""
        with self._lock:
            allowed = self._tokens >= 1
            if allowed:
                self._tokens -= 1
                self.spent += 1
            else:
                self.refused += 1
            return allowed


def backoff(attempt: int, base: float, longest: float, rng: random.Random) -> float:
    """Seconds to wait after failed attempt 1, 2, ...: uniform up to base * 2 ** (attempt - 1) or `longest`."""
    return rng.uniform(0.0, min(longest, base * 2 ** (attempt - 1)))


def retry(
    call: Callable[[], Result],
    budget: RetryBudget,
    *,
    attempts: int = 3,
    retryable: tuple[type[Exception], ...] = (ConnectionError, TimeoutError),
    base: float = 0.05,
    longest: float = 1.0,
    deadline: float | None = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
    rng: random.Random | None = None,
) -> Result:
    """Run `call` up to `attempts` times while it raises `retryable` errors and the budget allows; then raise the last
    one.

    No attempt starts after `deadline` (on `clock`): whoever asked has stopped waiting.
    """
    rng = rng or random.Random()
    budget.earn()
    for attempt in range(1, attempts + 1):
        try:
            return call()
        except retryable:
            pause = backoff(attempt, base, longest, rng)
            late = deadline is not None and clock() + pause >= deadline
            if attempt == attempts or late or not budget.spend():
                raise
            sleep(pause)
    raise ValueError(f"at least one attempt is needed, not {attempts}")
