"""Step 6: who comes together is answered together, and nobody pays for it."""

import asyncio

import pytest

from recsys.batching import MicroBatcher, OverloadedError


class Model:
    """Doubles numbers; a call takes 8 ms and 0.25 ms an item. Negative ones are bad."""

    def __init__(self):
        self.batches, self.running, self.most_at_once = [], 0, 0

    async def __call__(self, items):
        self.batches.append(list(items))
        self.running += 1
        self.most_at_once = max(self.most_at_once, self.running)
        await asyncio.sleep(0.008 + 0.00025 * len(items))
        self.running -= 1
        return [ValueError(f"bad item {item}") if item < 0 else 2 * item for item in items]


async def answers(batcher, *items):
    """What callers get that submit at once: results, or the errors' texts."""
    found = await asyncio.gather(*map(batcher.submit, items), return_exceptions=True)
    return [str(each) if isinstance(each, Exception) else each for each in found]


def test_who_comes_together_shares_a_call(run):
    model = Model()

    async def work():
        async with MicroBatcher(model, max_batch=64, max_wait=0.005) as batcher:
            return await answers(batcher, *range(10))

    assert run(work()) == [2 * item for item in range(10)], "ten callers at once: each has its own result"
    assert model.batches == [list(range(10))], "ten callers at once, at most 64 a batch: calls of the model"


def test_no_batch_is_too_large_and_none_is_forgotten(run):
    model = Model()

    async def work():
        async with MicroBatcher(model, max_batch=4, max_wait=0.005) as batcher:
            return await answers(batcher, *range(10))

    assert run(work()) == [2 * item for item in range(10)], "ten callers, four a batch: results"
    assert [len(batch) for batch in model.batches] == [4, 4, 2], "ten callers, four a batch: sizes of the batches"
    assert model.most_at_once == 1, "calls of the model at the same time"


def test_a_lone_caller_waits_for_max_wait_and_no_longer(run):
    async def work():
        loop = asyncio.get_running_loop()
        async with MicroBatcher(Model(), max_batch=64, max_wait=0.020) as batcher:
            begun = loop.time()
            assert await batcher.submit(21) == 42, "a lone caller's result"
            return 1000 * (loop.time() - begun)

    assert run(work()) == pytest.approx(28.25, abs=1), (
        "a lone caller, max_wait 20 ms, a call of 8.25: ms until its result"
    )


def test_a_full_batch_does_not_wait(run):
    async def work():
        loop = asyncio.get_running_loop()
        async with MicroBatcher(Model(), max_batch=2, max_wait=60.0) as batcher:
            begun = loop.time()
            await answers(batcher, 1, 2)
            return loop.time() - begun

    assert run(work()) < 1, "two callers, two a batch, max_wait 60 s: seconds until both are answered"


def test_throughput_rises(run):
    async def rate(batch):
        async def caller(batcher):
            for item in range(20):
                await batcher.submit(item)

        loop = asyncio.get_running_loop()
        async with MicroBatcher(Model(), max_batch=batch, max_wait=0.001) as batcher:
            begun = loop.time()
            await asyncio.gather(*(caller(batcher) for _ in range(32)))
            return 32 * 20 / (loop.time() - begun)

    times = run(rate(32)) / run(rate(1))
    assert times >= 12, "32 callers, 32 a batch against one by one: times the answers a second (16.5 at best)"


def test_a_bad_item_fails_alone(run):
    async def work():
        async with MicroBatcher(Model(), max_wait=0.005) as batcher:
            return await answers(batcher, 1, -1, 2)

    assert run(work()) == [2, "bad item -1", 4], "a bad item between two good ones: what the three callers get"


def test_a_model_that_crashes_is_told_to_all_and_survived(run):
    async def work():
        calls = []

        async def crashes_once(items):
            calls.append(items)
            if len(calls) == 1:
                raise RuntimeError("out of memory")
            return list(items)

        async with MicroBatcher(crashes_once, max_wait=0.005) as batcher:
            return await answers(batcher, 1, 2), await answers(batcher, 7)

    assert run(work()) == (["out of memory"] * 2, [7]), "the model crashes, then works: what two callers, then one, get"


def test_a_model_that_loses_results_leaves_nobody_waiting(run):
    async def work():
        async def forgetful(items):
            return list(items)[1:]

        async with MicroBatcher(forgetful, max_wait=0.005) as batcher:
            return await asyncio.wait_for(answers(batcher, 1, 2), 60)

    try:
        got = run(work())
    except TimeoutError:
        pytest.fail("the model returned one result for two items: the callers wait for ever")
    assert [isinstance(each, str) for each in got] == [True, True], (
        "one result for two items: both callers get an error"
    )


def test_a_full_queue_refuses(run):
    async def work():
        async with MicroBatcher(Model(), max_batch=1, max_wait=0.0, max_queue=2) as batcher:
            tasks = [asyncio.create_task(batcher.submit(item)) for item in range(12)]
            found = await asyncio.gather(*tasks, return_exceptions=True)
            return sum(isinstance(each, OverloadedError) for each in found)

    refused = run(work())
    assert refused >= 8, "twelve callers at once, room for two to wait, one at a time: refused at once"


def test_leaving_answers_what_is_queued(run):
    async def work():
        async with MicroBatcher(Model(), max_batch=2, max_wait=0.005) as batcher:
            tasks = [asyncio.create_task(batcher.submit(item)) for item in range(5)]
            await asyncio.sleep(0)
        return [await asyncio.wait_for(task, 60) for task in tasks]

    try:
        got = run(work())
    except (TimeoutError, asyncio.CancelledError):
        pytest.fail("five wait, and the service is told to stop: somebody is never answered")
    assert got == [0, 2, 4, 6, 8], "five wait, and the service is told to stop: their results"
