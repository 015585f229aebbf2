"""Two levels on a real server and on the stand-in, and what happens when Redis is dead or holds rubbish."""

import math

import numpy as np
import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st

from recsys.breaker import CircuitBreaker
from recsys.cache import MISSING, LRUCache
from recsys.tiered import TieredCache, prediction_key

KEY = prediction_key("acme", "u1", "v1", "s1", {"board": 3})


def tiered(store: redis.Redis, prefix: str, **options: float) -> TieredCache:
    return TieredCache(LRUCache(100, ttl=60, negative_ttl=5), store, prefix=prefix, **options)


def test_a_second_replica_finds_what_the_first_computed(store: redis.Redis, prefix: str) -> None:
    first, second = tiered(store, prefix), tiered(store, prefix)
    assert first.get_or_compute(KEY, lambda: {"items": [1, 2]}) == {"items": [1, 2]}
    assert second.get_or_compute(KEY, lambda: pytest.fail("computed again")) == {"items": [1, 2]}
    assert second.get(KEY) == {"items": [1, 2]}
    stats = second.stats()
    assert (stats.l2_hits, stats.l2_misses, stats.errors, stats.l1.hits) == (1, 0, 0, 1)


@pytest.mark.parametrize(("value", "seconds"), [({"a": 1}, 300), (None, 5)])
def test_entries_carry_a_time_to_live_in_redis(store: redis.Redis, prefix: str, value: object, seconds: float) -> None:
    tiered(store, prefix).put(KEY, value)
    assert seconds * 1000 - 2000 < store.pttl(prefix + KEY) <= seconds * 1000
    fresh = tiered(store, prefix)
    assert fresh.get(KEY) == value
    assert fresh.get("other") is MISSING


def test_a_promote_frees_the_old_version_alone(store: redis.Redis, prefix: str) -> None:
    cache = tiered(store, prefix)
    old = [prediction_key("acme", f"u{user}", "v*", "s1") for user in range(600)]
    others = [prediction_key("acme", "u1", "v*2", "s1"), prediction_key("acme", "u1", "v12", "s1")]
    for key in old + others:
        cache.put(key, 1)
    assert cache.invalidate_version("v*") == 100 - len(others) + 600
    assert cache.get(old[-1]) is MISSING
    assert all(cache.get(key) == 1 for key in others)


def test_delete_reaches_both_levels(store: redis.Redis, prefix: str) -> None:
    cache = tiered(store, prefix)
    cache.put(KEY, 1)
    cache.delete(KEY)
    assert cache.get(KEY) is MISSING


def test_many_at_once_ask_redis_once_for_what_the_first_level_lacks(store: redis.Redis, prefix: str) -> None:
    first, second = tiered(store, prefix), tiered(store, prefix)
    first.put_many({"a": 1, "b": [2], "c": None})
    assert 298_000 < store.pttl(prefix + "a") <= 300_000
    second.put("a", "own")
    assert second.get_many(["c", "a", "x", "b", "b"]) == {"a": "own", "b": [2], "c": None}
    assert second.l1.get("b") == [2]
    first.put_many({})
    assert first.get_many([]) == {}


def test_many_at_once_without_redis_come_from_the_first_level(dead_store: redis.Redis, prefix: str) -> None:
    cache = TieredCache(LRUCache(10), dead_store, prefix=prefix)
    cache.put_many({"a": 1})
    assert cache.get_many(["a", "b"]) == {"a": 1}
    assert cache.stats().errors == 2


def test_rubbish_in_redis_is_a_miss_and_counted(store: redis.Redis, prefix: str) -> None:
    store.set(prefix + KEY, b"\x80not json")
    cache = tiered(store, prefix)
    assert cache.get_or_compute(KEY, lambda: "fresh") == "fresh"
    assert cache.stats().errors == 1
    assert tiered(store, prefix).get(KEY) == "fresh"


def test_without_redis_the_first_level_serves_and_the_breaker_opens(dead_store: redis.Redis, prefix: str) -> None:
    breaker = CircuitBreaker("Redis", minimum_calls=2)
    cache = TieredCache(LRUCache(10), dead_store, prefix=prefix, breaker=breaker)
    assert cache.get_or_compute(KEY, lambda: "computed") == "computed"
    assert cache.get_or_compute(KEY, lambda: pytest.fail("computed again")) == "computed"
    assert breaker.state == "open"
    assert cache.invalidate_version("v1") == 1
    assert cache.stats().errors == 3


def test_values_must_be_json(store: redis.Redis, prefix: str) -> None:
    with pytest.raises(TypeError):
        tiered(store, prefix).put(KEY, {1, 2})


TEXT = st.text(max_size=8)
PARTS = st.tuples(TEXT, TEXT, TEXT, TEXT, st.dictionaries(TEXT, st.one_of(st.integers(), TEXT, st.none()), max_size=3))


@given(PARTS, PARTS)
def test_keys_are_equal_exactly_where_their_parts_are(one: tuple, other: tuple) -> None:
    assert (prediction_key(*one) == prediction_key(*other)) == (one == other)


def test_equal_contexts_share_a_key_whatever_their_spelling() -> None:
    def key(context: dict[str, object]) -> str:
        return prediction_key("t", "u", "m", "s", context)

    assert key({"a": 1, "b": [2.0]}) == key({"b": [2], "a": np.float32(1.0)})
    assert key({"a": 1}) != key({"a": True})
    assert key({"a": 1}) != key({"a": "1"})
    with pytest.raises(ValueError, match="not JSON compliant"):
        key({"a": math.nan})
    with pytest.raises(TypeError):
        key({1: "a"})  # type: ignore[dict-item]


def test_a_key_shows_no_user() -> None:
    assert "alice" not in prediction_key("acme", "alice@example.com", "m", "s", {"who": "alice"})
