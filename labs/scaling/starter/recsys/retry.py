"""Retries that help one request without drowning the service. Yours to write.

As it stands a call is made once, and its error is the caller's. Three limits belong together: few attempts, and only
for errors that may pass; exponential backoff with full jitter (Brooker, AWS 2015); a budget shared by all requests, so
that retries add at most `ratio` to the load (Google SRE book, ch. 22; Finagle's RetryBudget).
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
        # step 5

    def spend(self) -> bool:
        """Whether one more retry is allowed; it is paid for at once."""
        # step 5: count what is spent and what is refused; threads ask at the same time; step 10: a lost read pays with it
        return False


def backoff(attempt: int, base: float, longest: float, rng: random.Random) -> float:
    """Seconds to wait after failed attempt 1, 2, ...: uniform up to base * 2 ** (attempt - 1) or `longest`."""
    # step 5
    return 0.0


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
    # step 5
    return call()
