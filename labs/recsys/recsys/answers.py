"""From a request to a JSON answer: look in the caches, else fetch what the user did, recommend, and remember.

Each thing that can be missing has an answer of its own: no store means popularity and the first-level cache alone, no
model means what is new and the product's starters, no known history means popularity. None of them is an error.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import msgspec
import redis
from xxhash import xxh3_64_intdigest

from recsys.behind import WriteBehind
from recsys.breaker import CircuitBreaker
from recsys.bundle import SCHEMA, Model
from recsys.cache import MISSING, LRUCache
from recsys.experiment import Assignment, Experiment, ExposureLog, assign, unit_of
from recsys.history import Interaction, finished
from recsys.metrics import Metrics
from recsys.recommend import DIVERSITY, Query, Recommended, recommend
from recsys.settings import Precision, Route
from recsys.shelf import ModelShelf
from recsys.starter import starter, with_new_item
from recsys.store import EventStore, StoredEvent
from recsys.tiered import TieredCache, prediction_key

EXPERIMENT = Experiment("diversity", {"control": 0.5, "treatment": 0.5}, salt="2026-11", unit="user", ramp=1.0)
DIVERSITY_OF: dict[str | None, float] = {"control": DIVERSITY, "treatment": 3 * DIVERSITY}
T = TypeVar("T")
BRIEF = 2.0
"""Seconds that an answer is kept which was made without knowing the user."""
OWN_EVENTS = 50
"""Events of a user that this process keeps until the store surely has them."""


class Request(msgspec.Struct, frozen=True):
    """What one user of one tenant asks for; `hour` is the local hour of the day."""

    tenant: str
    user: str
    k: int = 10
    hour: int | None = None
    exclude: tuple[str, ...] = ()


class Prepared(msgspec.Struct, frozen=True):
    """A request with everything that decides its answer; `unit` is whom the experiment assigns."""

    request: Request
    model: Model | None
    unit: str
    assignment: Assignment
    own: tuple[Interaction, ...]
    key: str


class Answerer:
    """Answers requests of all tenants; thread-safe."""

    def __init__(
        self,
        shelf: ModelShelf,
        store: EventStore,
        cache: TieredCache,
        metrics: Metrics,
        breaker: CircuitBreaker,
        exposures: ExposureLog,
        behind: WriteBehind,
        *,
        order: Callable[[str, list[str]], list[str]] = lambda tenant, items: items,
        clock: Callable[[], float] = time.time,
        observe: Callable[[Model, Recommended, int], None] = lambda model, answer, known: None,
        precision: Precision = "fp32",
        route: Route = "whole",
    ) -> None:
        """`order` sorts a tenant's recent items, the most wanted first; `observe` is told of each answer that a
        model made, and of how many interactions it knew. Answers of another precision or route are another's."""
        self._shelf, self._store, self._cache, self._metrics = shelf, store, cache, metrics
        self._breaker, self._exposures, self._behind = breaker, exposures, behind
        self._clock, self._observe = clock, observe
        self._order = order
        self._cheap_first, self._schema = route == "cheap-first", f"{SCHEMA}/{precision}/{route}"
        self._own = LRUCache(20_000, ttl=900.0)
        self._recent = LRUCache(1_000, ttl=5.0, jitter=0.2)

    def prepare(self, request: Request) -> Prepared:
        """Everything that decides the answer, and the key to remember it by."""
        model = self._shelf.get(request.tenant)
        unit = unit_of(EXPERIMENT, account=request.tenant, user=request.user)
        assignment = assign(EXPERIMENT, unit)
        own = self._own.get((request.tenant, request.user), ())
        excluded = " ".join(sorted(request.exclude)) if request.exclude else ""
        asked = f"{request.k}|{request.hour}|{assignment.variant}|{excluded}|{own or ''}"
        version = model.version if model else "none"
        key = prediction_key(request.tenant, request.user, version, self._schema, asked)
        return Prepared(request, model, unit, assignment, own, key)

    def cached(self, one: Prepared) -> bytes | None:
        """The answer from this process's cache: no waiting, for the event loop."""
        text = self._cache.l1.get(one.key)
        if text is MISSING:
            return None
        self._metrics.cache_hit.inc()
        self._metrics.answer(_strategy_of(text), one.assignment.variant)
        return text.encode()  # type: ignore[no-any-return]

    def answer_many(self, prepared: Sequence[Prepared]) -> list[bytes]:
        """The answers in order; waits for the store, a few round trips for each tenant however many there are."""
        found = self._cache.get_many([one.key for one in prepared])
        missing = {one.key: one for one in prepared if one.key not in found}
        self._metrics.cache_hit.inc(len(prepared) - len(missing))
        self._metrics.cache_miss.inc(len(missing))
        for group in _groups(missing.values()):
            found |= self._compute(group)
        texts = [found[one.key] for one in prepared]
        given = Counter((_strategy_of(text), one.assignment.variant) for text, one in zip(texts, prepared, strict=True))
        for (strategy, variant), count in given.items():
            self._metrics.answer(strategy, variant, count)
        return [text.encode() for text in texts]

    def fallback(self, one: Prepared, reason: str) -> bytes:
        """An answer from memory alone: what is popular in the tenant, without what this process saw the user finish."""
        self._metrics.degraded.labels(reason).inc()
        text = self._answer_one(one, None, [])
        self._metrics.answer(_strategy_of(text), one.assignment.variant)
        return text.encode()

    def remember(self, events: Iterable[StoredEvent]) -> None:
        """Let what was just acknowledged count at once for answers of this process."""
        for event in events:
            key = (event.tenant, event.user)
            own = self._own.get(key, ())
            self._own.put(key, ((event.item, event.event), *own)[:OWN_EVENTS])

    def _compute(self, group: Sequence[Prepared]) -> dict[str, str]:
        """Answers by key for requests of one tenant and model; remembered, unless the store was missing."""
        started = time.perf_counter()
        tenant, model = group[0].request.tenant, group[0].model
        stored = self._guarded(lambda: self._store.histories(tenant, [one.request.user for one in group]))
        recent = self._recent_items(tenant)
        self._metrics.observe_stage("features", time.perf_counter() - started)
        if stored is None:
            self._metrics.degraded.labels("store").inc(len(group))
            return {one.key: self._answer_one(one, None, recent) for one in group}
        known = [_known(one.own, history) for one, history in zip(group, stored, strict=True)]
        if model is None:
            answers = [self._answer_one(one, history, recent) for one, history in zip(group, known, strict=True)]
        else:
            answers = self._recommend(model, group, known, recent)
        self._keep(group, known, answers)
        return {one.key: answer for one, answer in zip(group, answers, strict=True)}

    def _recommend(
        self, model: Model, group: Sequence[Prepared], known: Sequence[list[Interaction]], recent: list[str]
    ) -> list[str]:
        """Answers made by one model, each with the diversity of its variant."""
        queries = [_query(one.request, history) for one, history in zip(group, known, strict=True)]
        diversity = [DIVERSITY_OF.get(one.assignment.variant, DIVERSITY) for one in group]
        made = recommend(
            model.retriever, model.ranker, queries, diversity=diversity,
            sure=model.sure if self._cheap_first else math.inf, observe=self._metrics.observe_stage,
        )  # fmt: skip
        new = [item for item in recent if item not in model.retriever.catalogue.position]
        now, answers = self._clock(), []
        for one, history, answer in zip(group, known, made, strict=True):
            request = one.request
            shown = _with_new(answer, new, request, history) if new else answer
            answers.append(_encode(one, "personal" if history else "popular", shown))
            if shown.scores:
                self._metrics.score.observe(shown.scores[0])
            self._exposures.record(one.assignment, one.unit, now)
            self._observe(model, shown, len(history))
        return answers

    def _keep(self, group: Sequence[Prepared], known: Sequence[list[Interaction]], answers: Sequence[str]) -> None:
        """Remember answers: at once in this process, soon in the store, which no request waits for.

        Those to users of whom nothing is known are kept for a moment only: they are about to do something, or the
        store has lost its memory and is about to get it back.
        """
        lasting = {one.key: answer for one, history, answer in zip(group, known, answers, strict=True) if history}
        for one, answer in zip(group, answers, strict=True):
            self._cache.l1.put(one.key, answer, None if one.key in lasting else BRIEF)
        if lasting:
            self._behind.submit(lambda: self._cache.share_many(lasting))

    def _answer_one(self, one: Prepared, known: list[Interaction] | None, recent: list[str]) -> str:
        """Popular items of the tenant's model, or starters where there is no model."""
        request, left_out = one.request, finished([*one.own, *(known or [])]) | set(one.request.exclude)
        if one.model is None:
            items = starter(recent, left_out, request.k)
            return _encode(one, "starter", Recommended(items, [0.0] * len(items)))
        catalogue, items, scores = one.model.retriever.catalogue, [], []
        for position in catalogue.by_popularity.tolist():
            if len(items) == request.k:
                break
            if catalogue.items[position] not in left_out:
                items.append(catalogue.items[position])
                scores.append(round(float(catalogue.popularity[position]), 4))
        return _encode(one, "popular", Recommended(items, scores))

    def _recent_items(self, tenant: str) -> list[str]:
        """Lately used items of a tenant, the most wanted first, a few seconds old; none where the store is silent."""
        recent = self._recent.get(tenant)
        if recent is MISSING:
            recent = self._guarded(lambda: self._order(tenant, self._store.recent_items(tenant)))
            if recent is None:
                return []
            self._recent.put(tenant, recent)
        return recent  # type: ignore[no-any-return]

    def _guarded(self, call: Callable[[], T]) -> T | None:
        """What the store answers, None where it does not or is being left alone."""
        if not self._breaker.allow():
            return None
        try:
            answer = call()
        except redis.RedisError:
            self._breaker.record(ok=False)
            return None
        self._breaker.record(ok=True)
        return answer


class _Item(msgspec.Struct, gc=False):
    item: str
    score: float


class _Answer(msgspec.Struct, gc=False):
    """The body of a response; a struct is made and encoded in half the time of a dictionary."""

    user: str
    strategy: str
    variant: str | None
    model_version: str | None
    items: list[_Item]


_encoder = msgspec.json.Encoder()


def _encode(one: Prepared, strategy: str, answer: Recommended) -> str:
    version = one.model.version if one.model else None
    items = list(map(_Item, answer.items, answer.scores))
    return _encoder.encode(_Answer(one.request.user, strategy, one.assignment.variant, version, items)).decode()


def _strategy_of(text: str) -> str:
    """How an answer was made, which a cached one has to say itself; no user's id has a quotation mark."""
    start = text.index('"strategy":"') + len('"strategy":"')
    return text[start : text.index('"', start)]


def _known(own: tuple[Interaction, ...], stored: list[Interaction]) -> list[Interaction]:
    """What this process saw of a user before what the store has; the latter alone where it has both."""
    if not own or stored[: len(own)] == list(own):
        return stored
    return [*own, *stored]


def _groups(prepared: Iterable[Prepared]) -> list[list[Prepared]]:
    """Requests that one call can answer together: of the same tenant and model."""
    groups: dict[tuple[str, str | None], list[Prepared]] = {}
    for one in prepared:
        version = one.model.version if one.model else None
        groups.setdefault((one.request.tenant, version), []).append(one)
    return list(groups.values())


def _query(request: Request, known: list[Interaction]) -> Query:
    return Query(known, request.k, request.hour, frozenset(request.exclude))


def _with_new(answer: Recommended, new: Sequence[str], request: Request, history: Sequence[Interaction]) -> Recommended:
    """The answer with a new item in its last place; which one depends on the user, so that each is seen by some."""
    left_out = finished(history) | set(request.exclude)
    turn = xxh3_64_intdigest(f"{request.tenant}\x1f{request.user}".encode())
    return Recommended(with_new_item(answer.items, new, left_out, turn), answer.scores)
