"""Dynamic micro-batching: requests that arrive together are answered by one call of the model.

Why: a call has a fixed cost (Python, a kernel launch, reading the weights) that a batch pays once. *Throughput*
rises; the latency of a single request does not fall, it gains up to `max_wait` seconds of waiting. Under load
the wait hardly shows: while one batch runs the next one fills by itself, which is what makes it dynamic.

What a batcher must not do: let one bad item fail its neighbours, work for callers who have given up, or queue
without a bound. So an item's error goes to its caller alone, cancelled items are dropped before the call, and a
full queue refuses at once (`OverloadedError`), since an answer that comes too late costs as much as one in
time. Source: Crankshaw et al., "Clipper", NSDI 2017, section 4.3.
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
        self._queue: asyncio.Queue[tuple[ItemT, asyncio.Future[ResultT]]] = asyncio.Queue(max_queue)
        self._worker: asyncio.Task[None]

    async def __aenter__(self) -> "MicroBatcher[ItemT, ResultT]":
        self._worker = asyncio.create_task(self._work())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Answer what is queued, then stop."""
        tasks = {asyncio.create_task(self._queue.join()), self._worker}
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def submit(self, item: ItemT) -> ResultT:
        """The result for one item; raises its own error, or OverloadedError when the queue is full."""
        future: asyncio.Future[ResultT] = asyncio.get_running_loop().create_future()
        try:
            self._queue.put_nowait((item, future))
        except asyncio.QueueFull:
            raise OverloadedError(f"{self._queue.maxsize} items are waiting already") from None
        return await future

    async def _work(self) -> None:
        while True:
            batch = await self._collect()
            wanted = [(item, future) for item, future in batch if not future.done()]
            if wanted:
                await self._answer([item for item, _ in wanted], [future for _, future in wanted])
            for _ in batch:
                self._queue.task_done()

    async def _collect(self) -> list[tuple[ItemT, asyncio.Future[ResultT]]]:
        batch = [await self._queue.get()]
        deadline = asyncio.get_running_loop().time() + self._max_wait
        try:
            async with asyncio.timeout_at(deadline):
                while len(batch) < self._max_batch:
                    batch.append(await self._queue.get())
        except TimeoutError:
            pass
        return batch

    async def _answer(self, items: list[ItemT], futures: list[asyncio.Future[ResultT]]) -> None:
        results: Sequence[ResultT | Exception]
        try:
            results = await self._run(items)
            if len(results) != len(items):
                raise RuntimeError(f"the model gave {len(results)} results for {len(items)} items")
        except Exception as error:  # a failed call must reach every caller, or they wait for ever
            results = [error] * len(items)
        for future, result in zip(futures, results, strict=True):
            if future.done():
                continue
            if isinstance(result, Exception):
                future.set_exception(result)
            else:
                future.set_result(result)
