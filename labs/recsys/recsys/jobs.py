"""Lists for many users that nobody waits for: taken over HTTP, made by workers, fetched later.

One queue a tenant (`recsys.worker`), so that a tenant can neither read nor crowd out another's jobs: the tenant's name
is in every key, each may have `OPEN` unfinished jobs, and workers take a few from each in turn. A job and its result
are in Redis alone: unlike an event it can be asked for again, and one that the store forgot is unknown.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
import redis

from recsys.answers import Request
from recsys.worker import BatchQueue, Job, Worker

OPEN = 20
"""Unfinished jobs of one tenant."""
KEPT = 900.0
"""Seconds for which a result can be fetched."""
JOBS_AT_ONCE, LISTS_AT_ONCE = 2, 64
IDLE = 0.2
"""Seconds between looks at queues that had nothing."""


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of a job; `results` are answers as JSON objects."""

    status: Literal["waiting", "done", "failed"]
    results: Sequence[Any] = ()
    error: str = ""


class Jobs:
    """The queues of all tenants; thread-safe."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client
        self._queues: dict[str, BatchQueue] = {}

    def submit(self, tenant: str, requests: Sequence[Mapping[str, Any]]) -> str:
        """Queue a job of a tenant's and return its id. Raises QueueFullError, redis.RedisError."""
        return self.queue(tenant).submit(list(requests))

    def find(self, tenant: str, job_id: str) -> Found | None:
        """A tenant's job, None where there is none of this id, or no more. Raises redis.RedisError."""
        queue = self.queue(tenant)
        if queue.waits(job_id):
            return Found("waiting")
        result = queue.result(job_id)  # looked for second: a job that ends in between is found
        if result is None:
            return None
        return Found("done", result["ok"]) if "ok" in result else Found("failed", error=result["error"])

    def queue(self, tenant: str) -> BatchQueue:
        """The tenant's queue, made where the store has none. Raises redis.RedisError."""
        queue = self._queues.get(tenant)
        if queue is None or not self._client.exists(queue.stream):  # the store may have lost its memory
            queue = BatchQueue(self._client, f"jobs:{tenant}", capacity=OPEN, result_ttl=KEPT)
            self._queues[tenant] = queue
        return queue


class JobWorker:
    """Works on the jobs of all tenants, a few of each in turn."""

    def __init__(
        self, jobs: Jobs, name: str, answer: Callable[[Sequence[Request]], Sequence[bytes]],
        *, abandoned_after: float = 60.0,
    ) -> None:  # fmt: skip
        """`answer` makes lists, as JSON, for a few requests at a time; `name` is that of this worker."""
        self._jobs, self._name, self._answer, self._abandoned_after = jobs, name, answer, abandoned_after

    def run_once(self, tenants: Sequence[str]) -> int:
        """One round over the queues of these tenants; how many jobs were done. Raises redis.RedisError."""
        return sum(self._worker(tenant).run_once().done for tenant in tenants)

    def run(self, tenants: Callable[[], Sequence[str]], stop: threading.Event, failed: Callable[[str], object]) -> None:
        """Work until `stop` is set; `failed` is told of what the store refused, and it is tried again."""
        while not stop.is_set():
            try:
                done = self.run_once(tenants())
            except redis.RedisError as error:
                failed(type(error).__name__)
                done = 0
            if not done:
                stop.wait(IDLE)

    def _worker(self, tenant: str) -> Worker:
        def handle(jobs: Sequence[Job]) -> list[list[Any]]:
            return [self._lists(tenant, job.payload) for job in jobs]

        return Worker(
            self._jobs.queue(tenant), handle, self._name,
            batch_size=JOBS_AT_ONCE, abandoned_after=self._abandoned_after,
        )  # fmt: skip

    def _lists(self, tenant: str, asked: Sequence[Mapping[str, Any]]) -> list[Any]:
        requests = [Request(tenant, one["user"], one["k"], one["hour"], tuple(one["exclude"])) for one in asked]
        answers: list[bytes] = []
        for start in range(0, len(requests), LISTS_AT_ONCE):
            answers += self._answer(requests[start : start + LISTS_AT_ONCE])
        return [msgspec.json.decode(answer) for answer in answers]
