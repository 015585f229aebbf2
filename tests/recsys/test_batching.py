"""Micro-batching: who is answered with whom, and what happens to items that fail, wait or give up."""

import asyncio
from collections.abc import Sequence

import pytest

from recsys.batching import MicroBatcher, OverloadedError


class Model:
    """Doubles numbers, remembers its batches; `gate` holds a call until it is set."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.running = self.most_at_once = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, items: Sequence[int]) -> list[int | Exception]:
        self.batches.append(list(items))
        self.running += 1
        self.most_at_once = max(self.most_at_once, self.running)
        await self.gate.wait()
        self.running -= 1
        return [ValueError(f"bad item {item}") if item < 0 else 2 * item for item in items]


async def until(condition: object) -> None:
    async with asyncio.timeout(10):
        while not condition():  # type: ignore[operator]
            await asyncio.sleep(0)


async def test_items_that_arrive_together_share_a_call() -> None:
    model = Model()
    async with MicroBatcher(model, max_batch=64, max_wait=0.05) as batcher:
        assert await asyncio.gather(*map(batcher.submit, range(10))) == [2 * i for i in range(10)]
    assert model.batches == [list(range(10))]


async def test_no_batch_is_larger_than_allowed_and_calls_do_not_overlap() -> None:
    model = Model()
    async with MicroBatcher(model, max_batch=4, max_wait=0.01) as batcher:
        assert await asyncio.gather(*map(batcher.submit, range(10))) == [2 * i for i in range(10)]
    assert [len(batch) for batch in model.batches] == [4, 4, 2]
    assert model.most_at_once == 1


async def test_a_full_batch_does_not_wait() -> None:
    async with asyncio.timeout(10), MicroBatcher(Model(), max_batch=2, max_wait=3600) as batcher:
        assert await asyncio.gather(batcher.submit(1), batcher.submit(2)) == [2, 4]


async def test_a_lone_item_waits_no_longer_than_allowed() -> None:
    async with asyncio.timeout(10), MicroBatcher(Model(), max_batch=64, max_wait=0.01) as batcher:
        assert await batcher.submit(21) == 42


async def test_the_next_batch_fills_while_one_runs() -> None:
    model = Model()
    async with MicroBatcher(model, max_batch=64, max_wait=0.0) as batcher:
        model.gate.clear()
        first = asyncio.create_task(batcher.submit(0))
        await until(lambda: model.running)
        others = [asyncio.create_task(batcher.submit(i)) for i in range(1, 6)]
        await asyncio.sleep(0)
        model.gate.set()
        await asyncio.gather(first, *others)
    assert model.batches == [[0], [1, 2, 3, 4, 5]]


async def test_a_bad_item_fails_alone() -> None:
    async with MicroBatcher(Model(), max_wait=0.01) as batcher:
        results = await asyncio.gather(*map(batcher.submit, (1, -1, 2)), return_exceptions=True)
    assert (results[0], results[2]) == (2, 4)
    assert str(results[1]) == "bad item -1"


async def test_a_crash_of_the_model_reaches_every_caller_and_the_batcher_lives_on() -> None:
    calls = 0

    async def crashes_once(items: Sequence[int]) -> list[int | Exception]:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise RuntimeError("out of memory")
        return list(items)

    async with MicroBatcher(crashes_once, max_wait=0.01) as batcher:
        results = await asyncio.gather(*map(batcher.submit, range(3)), return_exceptions=True)
        assert [str(result) for result in results] == ["out of memory"] * 3
        assert await batcher.submit(7) == 7


async def test_a_model_that_loses_results_is_an_error_and_not_a_hang() -> None:
    async def forgetful(items: Sequence[int]) -> list[int | Exception]:
        return list(items)[1:]

    async with asyncio.timeout(10), MicroBatcher(forgetful, max_wait=0.01) as batcher:
        with pytest.raises(RuntimeError, match="0 results for 1 items"):
            await batcher.submit(1)


async def test_nobody_works_for_callers_who_gave_up() -> None:
    model = Model()
    async with MicroBatcher(model, max_wait=0.0) as batcher:
        model.gate.clear()
        first = asyncio.create_task(batcher.submit(0))
        await until(lambda: model.running)
        impatient, patient = asyncio.create_task(batcher.submit(1)), asyncio.create_task(batcher.submit(2))
        await asyncio.sleep(0)
        impatient.cancel()
        await asyncio.sleep(0)
        model.gate.set()
        assert await asyncio.gather(first, patient) == [0, 4]
    assert model.batches == [[0], [2]]


async def test_a_full_queue_refuses_at_once() -> None:
    model = Model()
    async with MicroBatcher(model, max_batch=1, max_wait=0.0, max_queue=2) as batcher:
        model.gate.clear()
        first = asyncio.create_task(batcher.submit(0))
        await until(lambda: model.running)
        queued = [asyncio.create_task(batcher.submit(i)) for i in (1, 2)]
        await asyncio.sleep(0)
        with pytest.raises(OverloadedError, match="2 items are waiting"):
            await batcher.submit(3)
        model.gate.set()
        assert await asyncio.gather(first, *queued) == [0, 2, 4]


async def test_leaving_answers_what_is_queued() -> None:
    batcher = MicroBatcher(Model(), max_batch=2, max_wait=0.01)
    async with batcher:
        tasks = [asyncio.create_task(batcher.submit(i)) for i in range(5)]
        await asyncio.sleep(0)
    assert [task.result() for task in tasks] == [0, 2, 4, 6, 8]


@pytest.mark.parametrize("arguments", [{"max_batch": 0}, {"max_wait": -1.0}, {"max_queue": 0}])
def test_impossible_limits_are_refused(arguments: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="at least"):
        MicroBatcher(Model(), **arguments)  # type: ignore[arg-type]
