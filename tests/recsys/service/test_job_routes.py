"""Jobs over HTTP with a worker in a process of its own: taken, made, fetched, by the tenant that asked and no other."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from running import SERVICE, Running, until
from test_robustness import needs_redis, own_redis, url_of

JOB = {"requests": [{"user": f"u{number}", "k": 3} for number in range(70)]}


@pytest.fixture
def worker(service: Running) -> Iterator[subprocess.Popen[str]]:
    """A worker on the store of the service."""
    process = subprocess.Popen(
        [sys.executable, "-m", "recsys", "worker", "--state", str(service.state)],
        cwd=SERVICE, env={**os.environ, "REDIS_URL": url_of(service)}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    yield process
    process.kill()
    process.wait()


def fetch(service: Running, job_id: str, tenant: str = "acme") -> tuple[int, str]:
    answer = service.request("GET", f"/v1/jobs/{job_id}", tenant=tenant)
    return answer.status, answer.json["status"] if answer.status == 200 else ""


def test_a_job_is_taken_made_by_a_worker_and_fetched(service: Running, worker: subprocess.Popen[str]) -> None:
    taken = service.request("POST", "/v1/jobs", JOB)
    assert (taken.status, taken.json["status"]) == (202, "waiting")
    job_id = taken.json["id"]
    until(lambda: fetch(service, job_id) == (200, "done"), "the job to be done")
    results = service.request("GET", f"/v1/jobs/{job_id}").json["results"]
    assert [one["user"] for one in results] == [one["user"] for one in JOB["requests"]]
    assert {one["strategy"] for one in results} >= {"personal"}
    at_once = service.recommend("u5", k=3)
    assert results[5]["items"] == at_once["items"], "a worker makes the list that the service makes"
    assert fetch(service, job_id, "globex")[0] == 404
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(20) == 0


def test_without_a_worker_a_job_waits_for_its_tenant_alone(service: Running) -> None:
    job_id = service.request("POST", "/v1/jobs", JOB).json["id"]
    assert fetch(service, job_id) == (200, "waiting")
    assert fetch(service, job_id, "globex")[0] == 404
    assert fetch(service, "f" * 32)[0] == 404
    assert fetch(service, "../keys")[0] == 404
    assert fetch(service, "F" * 32)[0] == 422
    assert service.request("POST", "/v1/jobs", {"requests": []}).status == 422
    assert service.request("POST", "/v1/jobs", JOB, tenant=None).status == 401


def test_too_many_jobs_of_one_tenant_are_refused_for_a_while(service: Running) -> None:
    answers = [service.request("POST", "/v1/jobs", JOB, "initech") for _ in range(21)]
    assert [answer.status for answer in answers] == [202] * 20 + [429]
    assert answers[-1].headers["retry-after"] == "10"
    assert service.request("POST", "/v1/jobs", JOB, "globex").status == 202


@needs_redis
def test_without_a_store_jobs_are_refused_and_lists_are_not(service: Running) -> None:
    own_redis(service).kill()
    assert service.request("POST", "/v1/jobs", JOB).status in (202, 503)  # it may have been started again already
    assert service.recommend("u1")["items"]
    until(service.ready, "the store to be back")
    until(lambda: service.request("POST", "/v1/jobs", JOB).status == 202, "jobs to be taken again")


def test_a_worker_without_a_store_to_share_says_what_to_do(service: Running) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "REDIS_URL"}
    ended = subprocess.run(
        [sys.executable, "-m", "recsys", "worker", "--state", str(service.state)],
        cwd=SERVICE, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ended.returncode == 1
    assert ended.stderr.startswith("recsys: a worker needs the store of the services: set REDIS_URL")
