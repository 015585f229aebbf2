"""The batch queue on a real server and on the stand-in: nothing lost, nothing stored twice, no job blocks the rest."""

import threading
import time
from collections.abc import Sequence
from typing import Any

import pytest
import redis

from recsys.worker import BatchQueue, Job, QueueFullError, Worked, Worker


@pytest.fixture
def queue(store: redis.Redis, prefix: str) -> BatchQueue:
    return BatchQueue(store, prefix.rstrip(":"), capacity=200)


def double(jobs: Sequence[Job]) -> list[Any]:
    """Twice each payload."""
    return [2 * job.payload for job in jobs]


def test_jobs_are_worked_in_batches_and_results_are_kept(queue: BatchQueue) -> None:
    sizes = []

    def handler(jobs: Sequence[Job]) -> list[Any]:
        sizes.append(len(jobs))
        return double(jobs)

    ids = [queue.submit(number) for number in range(10)]
    worker = Worker(queue, handler, "w1", batch_size=4)
    assert [worker.run_once() for _ in range(4)] == [Worked(4), Worked(4), Worked(2), Worked()]
    assert sizes == [4, 4, 2]
    assert [queue.result(job_id) for job_id in ids] == [{"ok": 2 * number} for number in range(10)]
    assert len(queue) == 0
    assert queue.result("unknown") is None


def test_what_a_dead_worker_left_another_finishes(queue: BatchQueue) -> None:
    job_id = queue.submit(21)

    def dies(jobs: Sequence[Job]) -> list[Any]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Worker(queue, dies, "w1").run_once()
    assert len(queue) == 1
    assert Worker(queue, double, "w2", abandoned_after=60).run_once() == Worked()
    assert Worker(queue, double, "w3", abandoned_after=0).run_once() == Worked(1)
    assert queue.result(job_id) == {"ok": 42}


def test_one_bad_job_does_not_take_the_others_with_it_and_is_set_aside(queue: BatchQueue, store: redis.Redis) -> None:
    ids = [queue.submit(payload) for payload in (1, None, 3)]
    worker = Worker(queue, double, "w1", abandoned_after=0, max_deliveries=2)
    assert worker.run_once() == Worked(done=2, failed=1)
    assert worker.run_once() == Worked(failed=1)
    assert worker.run_once() == Worked(set_aside=1)
    assert [queue.result(job_id) for job_id in ids] == [
        {"ok": 2},
        {"error": "given up after 2 deliveries"},
        {"ok": 6},
    ]
    assert len(queue) == 0
    assert store.xlen(queue.dead) == 1


def test_a_handler_that_loses_a_result_stores_none(queue: BatchQueue) -> None:
    ids = [queue.submit(number) for number in range(3)]
    worker = Worker(queue, lambda jobs: double(jobs)[1:] or [], "w1")
    assert worker.run_once() == Worked(failed=3)
    assert [queue.result(job_id) for job_id in ids] == [None] * 3


def test_a_job_that_ran_twice_has_one_result(queue: BatchQueue) -> None:
    job_id = queue.submit(1)
    second = Worker(queue, lambda jobs: ["second"] * len(jobs), "w2", abandoned_after=0)

    def slow(jobs: Sequence[Job]) -> list[Any]:
        second.run_once()
        return ["first"] * len(jobs)

    Worker(queue, slow, "w1").run_once()
    assert queue.result(job_id) == {"ok": "second"}
    assert len(queue) == 0


def test_a_full_queue_says_so(queue: BatchQueue) -> None:
    for number in range(200):
        queue.submit(number)
    with pytest.raises(QueueFullError, match="200 jobs"):
        queue.submit(1)
    with pytest.raises(TypeError):
        queue.submit({1, 2})


def test_several_workers_share_the_jobs_until_told_to_stop(queue: BatchQueue, store: redis.Redis) -> None:
    again = BatchQueue(store, queue.name, capacity=200)  # a second process that finds the group there
    stop, seen, lock = threading.Event(), [], threading.Lock()

    def handler(jobs: Sequence[Job]) -> list[Any]:
        with lock:
            seen.extend(job.payload for job in jobs)
        return double(jobs)

    workers = [Worker(again, handler, f"w{number}", batch_size=8) for number in range(3)]
    threads = [threading.Thread(target=worker.run, args=(stop, 0.02)) for worker in workers]
    for thread in threads:
        thread.start()
    ids = [queue.submit(number) for number in range(100)]
    deadline = time.monotonic() + 20
    while len(queue) and time.monotonic() < deadline:
        pass
    stop.set()
    for thread in threads:
        thread.join(10)
    assert sorted(seen) == list(range(100))
    assert all(queue.result(job_id) for job_id in ids)
