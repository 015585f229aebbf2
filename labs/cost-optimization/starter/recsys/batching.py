"""Dynamic micro-batching: requests that arrive together are answered by one call of the model. Yours to write.

As it stands every item is a call of its own. A call has a fixed cost that a batch pays once: *throughput* rises; the
latency of a single request does not fall, it gains up to `max_wait` seconds of waiting. While one batch runs the next
one fills by itself. Source: Crankshaw et al., "Clipper", NSDI 2017, section 4.3.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")


class OverloadedError(RuntimeError):
    """The queue is full: shed the request (503 with Retry-After) instead of letting it wait."""


class MicroBatcher(Generic[ItemT, ResultT]):
    """Collects items for `run`, which returns one result or exception an item; use as `async with`.

    A batch starts when it has `max_batch` items or its first one has waited `max_wait` seconds, one batch at a time.
    """

    def __init__(
        self,
        run: Callable[[Sequence[ItemT]], Awaitable[Sequence[ResultT | Exception]]],
        *,
        max_batch: int = 64,
        max_wait: float = 0.002,
        max_queue: int = 1024,
    ) -> None:
        if max_batch < 1 or max_wait < 0 or max_queue < 1:
            raise ValueError("max_batch and max_queue must be at least 1, max_wait at least 0")
        self._run, self._max_batch, self._max_wait = run, max_batch, max_wait
        # step 6: where do items wait, and who takes them from there?

    async def __aenter__(self) -> "MicroBatcher[ItemT, ResultT]":
        # step 6: start what works
        return self

    async def __aexit__(self, *_: object) -> None:
        """Answer what is queued, then stop."""
        # step 6

    async def submit(self, item: ItemT) -> ResultT:
        """The result for one item; raises its own error, or OverloadedError when the queue is full."""
        # step 6: put it where it waits, or refuse; then wait for its result
        [result] = await self._run([item])
        if isinstance(result, Exception):
            raise result
        return result

    async def _work(self) -> None:
        """Collect a batch, drop whoever gave up, answer the others, again and again."""
        # step 6

    async def _collect(self) -> list[tuple[ItemT, asyncio.Future[ResultT]]]:
        """Wait for a first item, then for more until the batch is full or the first has waited long enough."""
        # step 6
        return []

    async def _answer(self, items: list[ItemT], futures: list[asyncio.Future[ResultT]]) -> None:
        """Run the model on a batch and tell each caller its result, or the error of all."""
        # step 6
