"""Hedged requests: ask a second replica when the first is slow, take whichever answers first.

Why: with many replicas somebody is always slow (a collection, a noisy neighbour), and a page that asks ten services
sees the slowest of ten. The second request goes out only after the delay within which `quantile` of the answers come,
so it adds 5 % of load at 0.95 and cuts the tail to about the delay plus a typical answer (Dean and Barroso, The Tail
at Scale, CACM 2013).

The limits: only for requests that may run twice; the loser is cancelled; and when the whole service is slow every
request looks slow, so hedges are capped at a share of the requests, or hedging doubles an overload.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

Result = TypeVar("Result")


class Hedger:
    """Sends a request to the first target, and to the second if no answer has come in time."""

    def __init__(
        self,
        *,
        quantile: float = 0.95,
        first_delay: float = 0.05,
        max_share: float = 0.1,
        memory: int = 500,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """Wait for the `quantile` of the last `memory` latencies, `first_delay` seconds until twenty are known."""
        if not 0 < quantile < 1 or not 0 < max_share <= 1:
            raise ValueError(f"quantile and max_share are shares, not {quantile} and {max_share}")
        self.quantile, self.first_delay, self.max_share = quantile, first_delay, max_share
        self._latencies: deque[float] = deque(maxlen=memory)
        self._clock = clock
        self.requests = self.hedges = self.hedges_won = 0

    @property
    def delay(self) -> float:
        """Seconds before the second request goes out."""
        if len(self._latencies) < 20:
            return self.first_delay
        ordered = sorted(self._latencies)
        return ordered[min(int(self.quantile * len(ordered)), len(ordered) - 1)]

    async def call(self, send: Callable[[str], Awaitable[Result]], targets: Sequence[str]) -> Result:
        """The first answer of `send(target)`; an error of one target waits for the other, the last error is raised."""
        if not targets:
            raise ValueError("hedging needs at least one target")
        self.requests += 1
        begun = self._clock()
        first = asyncio.ensure_future(send(targets[0]))
        tasks = [first]
        try:
            done, _ = await asyncio.wait(tasks, timeout=self.delay)
            if not done and len(targets) > 1 and self._may_hedge():
                self.hedges += 1
                tasks.append(asyncio.ensure_future(send(targets[1])))
            winner = await _first_success(tasks)
            self.hedges_won += winner is not first
            self._latencies.append(self._clock() - begun)
            return winner.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _may_hedge(self) -> bool:
        return self.hedges + 1 <= max(self.max_share * self.requests, 1)


async def _first_success(tasks: Sequence[asyncio.Future[Result]]) -> asyncio.Future[Result]:
    """The first task that ends without an error, or the last one to end where all fail."""
    pending = set(tasks)
    while True:
        done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            if not pending or task.exception() is None:
                return task
