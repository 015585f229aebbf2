"""A queue for work that nobody waits for, on Redis Streams: submit, work in batches, survive a worker's death.

Why: a nightly batch of recommendations on the request path would starve the interactive ones. A queue takes it out of
the way, lets workers scale by its length, and gives batches their size: the model serves 64 at a time at many times
the rate of one by one.

Delivery is at least once. A job leaves the stream only when its result is stored; if a worker dies, its jobs are idle
for a while and another takes them over. So a job may run twice, and the handler must not mind; its result is stored
once. A job that keeps failing is set aside after `max_deliveries` instead of blocking the rest, and in a failing
batch each job is tried alone, so that one bad job does not take 63 good ones with it. The queue is bounded: a
submitter hears "full" instead of filling the memory.

What `submit` returned is safe once Redis has it: keep Redis' append-only file on, or a restart forgets.
"""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import redis


class QueueFullError(Exception):
    """The queue holds as many jobs as it may; submit again later."""


@dataclass(frozen=True, slots=True)
class Job:
    """A unit of work: `id` as returned by `submit`, `payload` any JSON value."""

    id: str
    payload: Any


@dataclass(frozen=True, slots=True)
class Worked:
    """What became of the jobs of one round."""

    done: int = 0
    failed: int = 0
    set_aside: int = 0


Handler = Callable[[Sequence[Job]], Sequence[Any]]
_GROUP = "workers"


class BatchQueue:
    """Jobs in a stream, results beside it, and those that were given up in a second stream."""

    def __init__(self, client: redis.Redis, name: str, *, capacity: int = 10_000, result_ttl: float = 3600.0) -> None:
        """Use `name` as the prefix of all keys; keep results for `result_ttl` seconds."""
        self.redis, self.name, self.capacity, self.result_ttl = client, name, capacity, result_ttl
        self.stream, self.dead = f"{name}:jobs", f"{name}:dead"
        try:
            client.xgroup_create(self.stream, _GROUP, id="0", mkstream=True)
        except redis.ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise

    def submit(self, payload: Any) -> str:
        """Queue a job and return its id. Raises QueueFullError; TypeError where the payload is not JSON."""
        job_id = uuid.uuid4().hex
        fields: dict[Any, Any] = {"id": job_id, "payload": json.dumps(payload)}
        if len(self) >= self.capacity:
            raise QueueFullError(f"{self.name} holds {self.capacity} jobs already")
        self.redis.xadd(self.stream, fields)
        return job_id

    def result(self, job_id: str) -> Any:
        """`{"ok": value}` or `{"error": text}` of a finished job, None while it is not finished or long forgotten."""
        stored: Any = self.redis.get(self._result_key(job_id))
        return None if stored is None else json.loads(stored)

    def waits(self, job_id: str) -> bool:
        """Whether a job is not finished; looks at every unfinished one, so it is for short queues."""
        entries: Any = self.redis.xrange(self.stream)
        return any(fields.get(b"id") == job_id.encode() for _, fields in entries)

    def __len__(self) -> int:
        """Jobs that wait or are being worked on: what workers should be scaled by."""
        return int(self.redis.xlen(self.stream))

    def finish(self, entry: bytes, job_id: str, outcome: dict[str, Any], *, dead: bool = False) -> None:
        """Store the outcome and take the job off the stream, in one transaction."""
        with self.redis.pipeline(transaction=True) as pipeline:
            pipeline.set(self._result_key(job_id), json.dumps(outcome), px=round(self.result_ttl * 1000), nx=True)
            if dead:
                pipeline.xadd(self.dead, {"id": job_id, "error": outcome["error"]}, maxlen=self.capacity)
            pipeline.xack(self.stream, _GROUP, entry)
            pipeline.xdel(self.stream, entry)
            pipeline.execute()

    def _result_key(self, job_id: str) -> str:
        return f"{self.name}:result:{job_id}"


class Worker:
    """Takes batches of jobs from a queue and runs `handler` on them."""

    def __init__(
        self,
        queue: BatchQueue,
        handler: Handler,
        name: str,
        *,
        batch_size: int = 64,
        max_deliveries: int = 3,
        abandoned_after: float = 60.0,
    ) -> None:
        """Take over jobs unfinished for `abandoned_after` seconds, which must be longer than any batch takes."""
        self.queue, self.handler, self.name = queue, handler, name
        self.batch_size, self.max_deliveries = batch_size, max_deliveries
        self.abandoned_after = abandoned_after

    def run(self, stop: threading.Event, wait: float = 1.0) -> None:
        """Work until `stop` is set; the batch at hand is finished first."""
        while not stop.is_set():
            self.run_once(wait)

    def run_once(self, wait: float = 0.0) -> Worked:
        """Work on one batch: abandoned jobs first, else new ones, for which to wait up to `wait` seconds."""
        abandoned = self._abandoned()
        poison = [entry for entry in abandoned if self._deliveries(entry[0]) > self.max_deliveries]
        for entry, job in poison:
            error = f"given up after {self.max_deliveries} deliveries"
            self.queue.finish(entry, job.id, {"error": error}, dead=True)
        batch = [entry for entry in abandoned if entry not in poison] or self._new(wait)
        done = self._work(batch) if batch else 0
        return Worked(done, len(batch) - done, len(poison))

    def _work(self, batch: list[tuple[bytes, Job]]) -> int:
        """How many jobs succeeded; the others stay on the stream and come back once they count as abandoned."""
        try:
            results = self.handler([job for _, job in batch])
            if len(results) != len(batch):
                raise ValueError(f"the handler returned {len(results)} results for {len(batch)} jobs")
        except Exception:
            if len(batch) == 1:
                return 0
            return sum(self._work([single]) for single in batch)
        for (entry, job), result in zip(batch, results, strict=True):
            self.queue.finish(entry, job.id, {"ok": result})
        return len(batch)

    def _abandoned(self) -> list[tuple[bytes, Job]]:
        idle = round(self.abandoned_after * 1000)
        queue = self.queue
        reply: Any = queue.redis.xautoclaim(queue.stream, _GROUP, self.name, idle, "0-0", count=self.batch_size)
        return _jobs(reply[1])

    def _new(self, wait: float) -> list[tuple[bytes, Job]]:
        queue = self.queue
        block = round(wait * 1000) or None
        reply: Any = queue.redis.xreadgroup(_GROUP, self.name, {queue.stream: ">"}, count=self.batch_size, block=block)
        return _jobs(reply[0][1]) if reply else []

    def _deliveries(self, entry: bytes) -> int:
        queue = self.queue
        pending: Any = queue.redis.xpending_range(queue.stream, _GROUP, min=entry, max=entry, count=1)
        return int(pending[0]["times_delivered"]) if pending else 1


def _jobs(entries: Any) -> list[tuple[bytes, Job]]:
    return [(entry, Job(fields[b"id"].decode(), json.loads(fields[b"payload"]))) for entry, fields in entries if fields]
