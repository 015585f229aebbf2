"""`worker`: a process that makes the lists of jobs, beside the services that take and hand them out."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Callable, Sequence

from recsys import backend as backends
from recsys.answers import Answerer, Request
from recsys.backend import Backend
from recsys.behind import WriteBehind
from recsys.breaker import CircuitBreaker
from recsys.cache import LRUCache
from recsys.experiment import ExposureLog
from recsys.jobs import Jobs, JobWorker
from recsys.logs import Log
from recsys.metrics import Metrics
from recsys.settings import Settings
from recsys.shelf import ModelShelf
from recsys.store import EventStore
from recsys.tenancy import KeyRing
from recsys.tiered import TieredCache

STORE_SECONDS = 5.0
"""For one reply of the store: nobody waits for a job, so there is time for the better answer."""


def work(settings: Settings, name: str, say: Callable[[str], None], *, abandoned_after: float = 60.0) -> int:
    """Run until TERM or INT, the round at hand included; the exit status. Raises BackendError, ValueError at start."""
    if settings.redis_url is None:
        raise ValueError("a worker needs the store of the services: set REDIS_URL to what they say that they use")
    backend = backends.start(settings.redis_url, password_file=settings.redis_password_file)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with contextlib.closing(Log(settings.log_file, clock=time.time)) as log:
        shelf, keys = ModelShelf(settings.models, settings.alias, precision=settings.precision), KeyRing(settings.keys)
        answer = _answering(settings, backend, shelf)
        worker = JobWorker(Jobs(backend.client(STORE_SECONDS)), name, answer, abandoned_after=abandoned_after)

        def tenants() -> Sequence[str]:
            shelf.refresh()
            keys.reload()
            return keys.tenants()

        say(f"working as {name} on the jobs of {', '.join(tenants())}")
        worker.run(tenants, stop, lambda error: log.write("jobs_failed", error=error))
        say("stopped")
    return 0


def _answering(
    settings: Settings, backend: Backend, shelf: ModelShelf
) -> Callable[[Sequence[Request]], Sequence[bytes]]:
    """Lists as a service makes them, from the same store and models."""
    client = backend.client(STORE_SECONDS)
    breaker = CircuitBreaker("Redis")
    cache = TieredCache(LRUCache(settings.l1_entries, settings.l1_ttl), client, settings.l2_ttl, breaker=breaker)
    answerer = Answerer(
        shelf, EventStore(client), cache, Metrics(), breaker, ExposureLog(capacity=1), WriteBehind(),
        precision=settings.precision, route=settings.route,
    )  # fmt: skip
    return lambda requests: answerer.answer_many([answerer.prepare(request) for request in requests])
