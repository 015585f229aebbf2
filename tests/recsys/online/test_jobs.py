"""Jobs on a real store and on the stand-in: each tenant's are its own, bounded, in turn, and found until they end."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
import redis

from recsys.answers import Request
from recsys.jobs import OPEN, Found, Jobs, JobWorker
from recsys.worker import QueueFullError


@pytest.fixture
def jobs(store: redis.Redis) -> Jobs:
    return Jobs(store)


def asked(*users: str) -> list[dict[str, object]]:
    return [{"user": user, "k": 3, "hour": None, "exclude": ["x"]} for user in users]


class Answering:
    """Answers with the request, and remembers how many came at once and for whom."""

    def __init__(self) -> None:
        self.calls: list[list[Request]] = []

    def __call__(self, requests: Sequence[Request]) -> list[bytes]:
        self.calls.append(list(requests))
        return [json.dumps({"for": f"{one.tenant}/{one.user}/{one.k}/{one.exclude[0]}"}).encode() for one in requests]


def test_a_job_waits_and_is_done_and_is_nobody_else_s(jobs: Jobs) -> None:
    job_id = jobs.submit("acme", asked("u1", "u2"))
    assert jobs.find("acme", job_id) == Found("waiting")
    assert JobWorker(jobs, "w", Answering()).run_once(["acme", "globex"]) == 1
    assert jobs.find("acme", job_id) == Found("done", [{"for": "acme/u1/3/x"}, {"for": "acme/u2/3/x"}])
    assert jobs.find("globex", job_id) is None
    assert jobs.find("acme", "0" * 32) is None


def test_a_job_of_one_tenant_is_not_seen_waiting_by_another(jobs: Jobs) -> None:
    job_id = jobs.submit("acme", asked("u1"))
    assert jobs.find("globex", job_id) is None
    assert JobWorker(jobs, "w", Answering()).run_once(["globex"]) == 0


def test_who_fills_the_queue_fills_their_own_alone(jobs: Jobs) -> None:
    for _ in range(OPEN):
        jobs.submit("acme", asked("u1"))
    with pytest.raises(QueueFullError):
        jobs.submit("acme", asked("u1"))
    late = jobs.submit("globex", asked("u9"))
    JobWorker(jobs, "w", Answering()).run_once(["acme", "globex"])
    found = jobs.find("globex", late)
    assert found is not None
    assert found.status == "done", "after one round, however long the other's queue is"
    jobs.submit("acme", asked("u1"))


def test_many_lists_are_made_a_few_at_a_time_in_their_order(jobs: Jobs) -> None:
    answering, users = Answering(), [f"u{number}" for number in range(150)]
    job_id = jobs.submit("acme", asked(*users))
    JobWorker(jobs, "w", answering).run_once(["acme"])
    assert [len(call) for call in answering.calls] == [64, 64, 22]
    found = jobs.find("acme", job_id)
    assert found is not None
    assert [one["for"].split("/")[1] for one in found.results] == users


def test_a_job_that_keeps_failing_is_set_aside_and_told(jobs: Jobs) -> None:
    def fails(requests: Sequence[Request]) -> list[bytes]:
        raise ValueError("no")

    job_id = jobs.submit("acme", asked("u1"))
    worker = JobWorker(jobs, "w", fails, abandoned_after=0)
    for _ in range(4):
        worker.run_once(["acme"])
    assert jobs.find("acme", job_id) == Found("failed", error="given up after 3 deliveries")


def test_a_store_that_forgot_everything_takes_jobs_again(jobs: Jobs, store: redis.Redis) -> None:
    lost, worker = jobs.submit("acme", asked("u1")), JobWorker(jobs, "w", Answering())
    store.flushall()
    assert jobs.find("acme", lost) is None
    assert worker.run_once(["acme"]) == 0
    assert jobs.find("acme", jobs.submit("acme", asked("u1"))) == Found("waiting")
    assert worker.run_once(["acme"]) == 1
