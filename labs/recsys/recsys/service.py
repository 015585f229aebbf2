"""The running service without HTTP: what it consists of, and what it does in the background."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import redis

from recsys.activity import ItemActivity
from recsys.answers import Answerer, Prepared
from recsys.backend import Backend
from recsys.batching import MicroBatcher
from recsys.behind import WriteBehind
from recsys.breaker import CircuitBreaker
from recsys.bundle import Model
from recsys.cache import LRUCache
from recsys.experiment import ExposureLog
from recsys.ingest import Ingestion, encode
from recsys.jobs import Jobs
from recsys.journal import Journal
from recsys.logs import Log
from recsys.metrics import Metrics
from recsys.monitoring import AnswerMonitor
from recsys.seeding import Seeder
from recsys.settings import Settings
from recsys.shedding import LoadShedder
from recsys.shelf import ModelShelf
from recsys.store import EventStore, StoredEvent
from recsys.tenancy import KeyRing
from recsys.tiered import TieredCache

ANSWER_THREADS = 2
BREAKER_RESET = 1.0
"""Seconds until a store that failed is tried again: short, since every answer without it is a worse one."""
SLOW, LOWEST = 0.25, 8
"""Seconds above which the number of requests at once shrinks, and where it stops shrinking."""


class SentEvent(Protocol):
    """An event as a tenant sends it; without a timestamp it happened now."""

    @property
    def user(self) -> str: ...
    @property
    def item(self) -> str: ...
    @property
    def event(self) -> str: ...
    @property
    def timestamp(self) -> float | None: ...


class Service:
    """Everything that answers a request, and the threads behind it; use `start` and `stop` on a running loop."""

    def __init__(
        self, settings: Settings, backend: Backend, log: Log, *, clock: Callable[[], float] = time.time
    ) -> None:
        """Open the journal and prepare the rest. Raises JournalUnavailableError where another service has it."""
        self.settings, self.backend, self.log, self._clock = settings, backend, log, clock
        self.metrics, self.monitor = Metrics(), AnswerMonitor(settings.drift_window)
        most = settings.max_in_flight
        self.shedder = LoadShedder(most // 2, lowest=min(LOWEST, most // 2), highest=most, target=SLOW)
        self.keys = KeyRing(settings.keys)
        self.shelf = ModelShelf(
            settings.models, settings.alias, precision=settings.precision,
            on_refused=self._model_refused, on_swapped=self._model_swapped,
        )  # fmt: skip
        self._client = backend.client(settings.redis_timeout)
        store = EventStore(self._client)
        breaker = CircuitBreaker("Redis", reset_after=BREAKER_RESET)
        l1 = LRUCache(settings.l1_entries, settings.l1_ttl, jitter=0.1)
        self._cache = TieredCache(l1, self._client, settings.l2_ttl, breaker=breaker)
        self.exposures, self._behind = ExposureLog(capacity=100_000), WriteBehind()
        self.answerer = Answerer(
            self.shelf, store, self._cache, self.metrics, breaker, self.exposures, self._behind,
            order=ItemActivity(self._client, clock=clock).busiest_first, clock=clock, observe=self.monitor.observe,
            precision=settings.precision, route=settings.route,
        )  # fmt: skip
        self.batcher: MicroBatcher[Prepared, bytes] = MicroBatcher(self.answer_many, max_wait=0.0)
        self._journal = Journal(settings.journals / settings.replica)
        slow = backend.client(timeout=5.0, connections=4)
        self._ingestion = Ingestion(
            self._journal, EventStore(slow), settings.replica, ItemActivity(slow, clock=clock).ingest
        )
        self.jobs = Jobs(slow)
        foreign = settings.redis_url and not settings.own_store
        generated = settings.generated if foreign else None  # a store of our own has nobody else's data
        self._seeder = Seeder(settings.events, EventStore(slow), generated)
        self._threads = ThreadPoolExecutor(ANSWER_THREADS, "answers")
        self._background: asyncio.Task[None] | None = None
        self.loaded, self.store_up = False, False

    async def start(self) -> None:
        """Begin to answer, and to load models in the background."""
        await self.batcher.__aenter__()
        self._ingestion.start()
        self._background = asyncio.create_task(self._keep_up())

    async def stop(self) -> None:
        """Finish what was begun, in the order in which it came."""
        if self._background is not None:
            self._background.cancel()
            await asyncio.gather(self._background, return_exceptions=True)
        await self.batcher.__aexit__()
        self._threads.shutdown(wait=True)
        await asyncio.to_thread(self._behind.close)
        await asyncio.to_thread(self._ingestion.stop)
        await asyncio.to_thread(self._journal.close)
        self.log.write("stopped")

    async def accept(self, tenant: str, sent: Sequence[SentEvent]) -> int:
        """Put events on disk; how many. Raises JournalUnavailableError, and then none of them is promised."""
        now = self._clock()
        events = [
            StoredEvent(tenant, one.user, one.item, one.event, now if one.timestamp is None else one.timestamp)
            for one in sent
        ]
        await asyncio.wrap_future(self._journal.append([encode(event) for event in events]))
        self.answerer.remember(events)
        for event in events:
            self.metrics.events.labels(event.event).inc()
        return len(events)

    async def answer_many(self, prepared: Sequence[Prepared]) -> list[bytes]:
        """Answers in order, computed in a thread that may wait for the store."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.answerer.answer_many, prepared)

    def render_metrics(self) -> bytes:
        """All metrics, those that are measured on demand included."""
        self.monitor.report(self.metrics)
        self.metrics.in_flight.set(self.shedder.in_flight)
        self.metrics.limit.set(self.shedder.limit)
        self.metrics.lag.set(self._ingestion.lag)
        self.metrics.log_dropped.set(self.log.dropped)
        self.metrics.models.set(len(self.shelf.models()))
        self.metrics.store_up.set(self.store_up)
        return self.metrics.render()

    async def _keep_up(self) -> None:
        """Look after everything again and again; what fails is logged, and tried again in the next turn."""
        while True:
            for step in (self.shelf.refresh, self.keys.reload, self._look_after_store):
                try:
                    await asyncio.to_thread(step)
                except Exception as error:
                    self.log.write("background_failed", step=step.__name__, error=type(error).__name__)
            self.loaded = True
            await asyncio.sleep(self.settings.reload_every)

    def _look_after_store(self) -> None:
        """Notice whether the store answers, start our own again, fill one that has come back empty."""
        was_up = self.store_up
        try:
            self._client.ping()
            self._seeder.seed([model.tenant for model in self.shelf.models()])
            self.store_up = True
        except redis.RedisError:
            self.store_up = False
            self.backend.revive()
        if was_up != self.store_up:
            self.log.write("store", up=self.store_up)

    def _model_refused(self, tenant: str, why: str) -> None:
        self.metrics.model_failures.inc()
        self.log.write("model_refused", tenant=tenant, why=why)

    def _model_swapped(self, new: Model, old: Model | None) -> None:
        self.monitor.follow(new)
        self.log.write("model_serves", tenant=new.tenant, version=new.version)
        if old is not None:
            self._cache.invalidate_version(old.version)
