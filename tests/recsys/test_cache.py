"""The cache against a plain model, and each promise of its docstring."""

import runpy
import sys
import threading
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from recsys import cache as cache_module
from recsys.cache import MISSING, LRUCache


class Clock:
    """A clock that moves only when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


KEYS = st.sampled_from(["a", "b", "c", "d", ("e", 1), 2])
CAPACITY = 3


class CacheAgainstModel(RuleBasedStateMachine):
    """An insertion-ordered dict of (value, deadline), least recently used first, is what the cache must equal."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.cache = LRUCache(CAPACITY, ttl=10, negative_ttl=2, clock=self.clock)
        self.model: OrderedDict[object, tuple[object, float]] = OrderedDict()
        self.hits = self.misses = self.evictions = self.expirations = 0

    def expire(self) -> None:
        for key in [key for key, (_, deadline) in self.model.items() if deadline <= self.clock.now]:
            del self.model[key]
            self.expirations += 1

    def insert(self, key: object, value: object, ttl: float | None) -> None:
        lifetime = ttl if ttl is not None else 2 if value is None else 10
        self.expire_if_full(key)
        self.model[key] = (value, self.clock.now + lifetime)
        self.model.move_to_end(key)
        if len(self.model) > CAPACITY:
            self.model.popitem(last=False)
            self.evictions += 1

    def expire_if_full(self, key: object) -> None:
        expired_self = key in self.model and self.model[key][1] <= self.clock.now
        if expired_self:  # overwritten, not expired
            del self.model[key]
        self.expire()

    @rule(key=KEYS, value=st.one_of(st.none(), st.integers()), ttl=st.sampled_from([None, 1.0, 30.0]))
    def put(self, key: object, value: object, ttl: float | None) -> None:
        len(self.cache)  # purges, so that both count the same expirations
        self.expire()
        self.cache.put(key, value, ttl)
        self.insert(key, value, ttl)

    @rule(key=KEYS)
    def get(self, key: object) -> None:
        self.expire()
        expected = self.model[key][0] if key in self.model else MISSING
        assert self.cache.get(key) is expected
        self.count(key)

    @rule(key=KEYS, value=st.one_of(st.none(), st.integers()))
    def get_or_compute(self, key: object, value: object) -> None:
        len(self.cache)
        self.expire()
        known = key in self.model
        expected = self.model[key][0] if known else value
        assert self.cache.get_or_compute(key, lambda: value) is expected
        self.count(key)
        if not known:
            self.insert(key, value, None)

    def count(self, key: object) -> None:
        if key in self.model:
            self.model.move_to_end(key)
            self.hits += 1
        else:
            self.misses += 1

    @rule(key=KEYS)
    def delete(self, key: object) -> None:
        len(self.cache)
        self.expire()
        assert self.cache.delete(key) is (self.model.pop(key, None) is not None)

    @rule(seconds=st.sampled_from([0.5, 1.0, 2.0, 10.0]))
    def wait(self, seconds: float) -> None:
        self.clock.now += seconds

    @rule()
    def clear(self) -> None:
        len(self.cache)
        self.expire()
        self.cache.clear()
        self.model.clear()

    @invariant()
    def same(self) -> None:
        self.expire()
        stats = self.cache.stats()
        counted = (stats.hits, stats.misses, stats.evictions, stats.expirations)
        assert counted == (self.hits, self.misses, self.evictions, self.expirations)
        assert stats.size == len(self.cache) == len(self.model) <= stats.capacity


TestCacheAgainstModel = CacheAgainstModel.TestCase
TestCacheAgainstModel.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


def test_none_is_a_value_and_missing_is_falsy(clock: Clock) -> None:
    cache = LRUCache(2, clock=clock)
    cache.put("nothing", None)
    assert cache.get("nothing") is None
    assert cache.get("unknown") is MISSING
    assert not MISSING
    assert cache.get("unknown", 7) == 7


def test_a_live_entry_is_not_evicted_while_an_expired_one_stays(clock: Clock) -> None:
    cache = LRUCache(2, clock=clock)
    cache.put("live", 1)
    cache.put("brief", 2, ttl=1)
    clock.now += 5
    cache.put("new", 3)
    assert cache.get("live") == 1
    assert cache.stats().evictions == 0


def test_jitter_spreads_deadlines_within_its_bounds(clock: Clock) -> None:
    cache = LRUCache(1000, ttl=100, jitter=0.2, clock=clock, seed=7)
    for key in range(1000):
        cache.put(key, key)
    clock.now += 80
    sizes = [len(cache)]
    for _ in range(4):
        clock.now += 5
        sizes.append(len(cache))
    assert sizes[0] == 1000
    assert sizes[-1] == 0
    assert all(100 < before - after < 400 for before, after in pairwise(sizes))


@pytest.mark.parametrize("arguments", [{"capacity": 0}, {"ttl": 0}, {"ttl": -1}, {"jitter": 1.0}, {"negative_ttl": 0}])
def test_impossible_limits_are_refused(arguments: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="not"):
        LRUCache(**{"capacity": 1, **arguments})


@pytest.mark.parametrize("key", [object(), frozenset(), ("a", object()), type("Text", (str,), {})("a")])
def test_keys_that_may_run_python_code_are_refused(key: object) -> None:
    with pytest.raises(TypeError, match="a cache key is"):
        LRUCache(1).put(key, 1)


def test_fifty_concurrent_misses_compute_once() -> None:
    cache, calls, ready = LRUCache(10), [], threading.Barrier(50)
    release = threading.Event()

    def compute() -> str:
        calls.append(1)
        release.wait(10)
        return "value"

    def ask() -> str:
        ready.wait(10)
        return cache.get_or_compute("key", compute)

    with ThreadPoolExecutor(50) as pool:
        answers = [pool.submit(ask) for _ in range(50)]
        _until(lambda: cache.stats().misses == 50)
        release.set()
        assert {answer.result(10) for answer in answers} == {"value"}
    assert len(calls) == 1


def test_an_exception_reaches_every_waiter_and_is_not_cached() -> None:
    cache, release = LRUCache(10), threading.Event()

    def fail() -> None:
        release.wait(10)
        raise LookupError("the model is down")

    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(cache.get_or_compute, "key", fail) for _ in range(8)]
        _until(lambda: cache.stats().misses == 8)
        release.set()
        for answer in answers:
            with pytest.raises(LookupError, match="the model is down"):
                answer.result(10)
    assert cache.get_or_compute("key", lambda: "recovered") == "recovered"


@pytest.mark.parametrize("forget", ["delete", "clear", "delete_where"])
def test_a_value_forgotten_while_it_is_computed_is_not_stored(forget: str) -> None:
    cache = LRUCache(10)
    action = {
        "delete": lambda: cache.delete("key"),
        "clear": cache.clear,
        "delete_where": lambda: cache.delete_where(lambda key: key == "key"),
    }[forget]

    def compute() -> str:
        action()
        return "stale"

    assert cache.get_or_compute("key", compute) == "stale"
    assert cache.get("key") is MISSING


def test_a_put_wins_over_a_running_computation() -> None:
    cache = LRUCache(10)
    assert cache.get_or_compute("key", lambda: [cache.put("key", "newer"), "older"][1]) == "older"
    assert cache.get("key") == "newer"


def test_computing_a_key_that_asks_for_itself_is_an_error_not_a_deadlock() -> None:
    cache = LRUCache(10)
    with pytest.raises(RuntimeError, match="wait for itself"):
        cache.get_or_compute("key", lambda: cache.get_or_compute("key", lambda: 1))
    assert cache.get_or_compute("key", lambda: cache.get_or_compute("other", lambda: 2)) == 2


def test_statistics_are_exact_and_consistent_under_load() -> None:
    """Eight threads read, write and delete; no lookup is lost, no snapshot contradicts itself."""
    cache, lookups, workers = LRUCache(64, ttl=60), 4000, 8
    running = threading.Event()
    running.set()
    snapshots = []

    def work(seed: int) -> None:
        for step in range(lookups):
            key = (seed * 31 + step * 17) % 100
            if cache.get(key) is MISSING:
                cache.put(key, step)
            if step % 50 == 0:
                cache.delete(key)

    def watch() -> None:
        while running.is_set():
            snapshots.append(cache.stats())

    watcher = threading.Thread(target=watch)
    watcher.start()
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, range(workers)))
    running.clear()
    watcher.join(10)
    final = cache.stats()
    assert final.hits + final.misses == lookups * workers
    assert all(0 <= snapshot.size <= snapshot.capacity for snapshot in snapshots)
    for before, after in pairwise(snapshots):
        assert after.hits >= before.hits
        assert after.misses >= before.misses


@pytest.mark.parametrize("jump", [3600.0, -3600.0])
def test_a_jump_of_the_wall_clock_changes_nothing(jump: float, monkeypatch: pytest.MonkeyPatch) -> None:
    cache, wall = LRUCache(2, ttl=60), time.time
    cache.put("a", 1)
    monkeypatch.setattr(time, "time", lambda: wall() + jump)
    assert cache.get("a") == 1


def test_without_a_gil_a_lookup_takes_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "_is_gil_enabled", lambda: False, raising=False)
    cache = runpy.run_path(cache_module.__file__, run_name="cache_without_gil")["LRUCache"](2)
    cache.put("a", 1)
    answered = threading.Event()
    reader = threading.Thread(target=lambda: (cache.get("a"), answered.set()))
    with cache._lock:
        reader.start()
        assert not answered.wait(0.05)
    assert answered.wait(10)
    reader.join(10)
    assert cache.stats().hits == 1


def test_hit_rate_is_a_number() -> None:
    cache = LRUCache(2)
    assert cache.stats().hit_rate == 0.0
    cache.put("a", 1)
    cache.get("a"), cache.get("a"), cache.get("a"), cache.get("b")
    assert cache.stats().hit_rate == 0.75


def test_bookkeeping_stays_bounded_when_one_key_is_written_for_ever(clock: Clock) -> None:
    cache = LRUCache(4, ttl=1000, clock=clock)
    for value in range(5000):
        cache.put("hot", value)
    assert len(cache._deadlines) <= 2 * 4 + 64


def _until(condition: object, deadline: float = 10.0) -> None:
    end = time.monotonic() + deadline
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end, "the condition did not come true in time"
