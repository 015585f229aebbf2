"""Step 4: None, and whatever else is false, is an answer that is kept."""

import pytest

from recsys.cache import MISSING, LRUCache


def test_none_is_not_missing():
    cache = LRUCache(2)
    cache.put("a", None)
    assert cache.get("a") is None, "put('a', None): get('a') gives None, which is not MISSING"
    assert cache.get("a", 7) is None, "put('a', None): get('a', 7) gives None, not the default"
    assert cache.get("b") is MISSING, "a key that was never put is MISSING"


@pytest.mark.parametrize("answer", [None, 0, "", (), False, 1, "recommended"])
def test_an_answer_is_computed_once(answer):
    cache, calls = LRUCache(2), []
    for _ in range(3):
        got = cache.get_or_compute("a", lambda: calls.append(1) or answer)
        assert got == answer, f"the model answers {answer!r}, which get_or_compute is to return"
    assert len(calls) == 1, f"model calls, where three in a row ask for a key whose answer is {answer!r}"


def test_get_or_compute_takes_what_was_put():
    cache, calls = LRUCache(2), []
    cache.put("a", None)
    cache.get_or_compute("a", lambda: calls.append(1))
    assert len(calls) == 0, "model calls, where put('a', None) came before: it is in the cache"


def test_none_has_its_own_ttl(clock):
    cache = LRUCache(4, ttl=60, negative_ttl=5, clock=clock)
    cache.put("nothing", None)
    cache.put("something", 0)
    cache.put("told", None, ttl=30)
    clock.now += 10
    assert cache.get("nothing") is MISSING, "negative_ttl 5 s: a None that is 10 s old is gone"
    assert cache.get("something") == 0, "negative_ttl is for None alone: 0 lives for the ttl of 60 s"
    assert cache.get("told") is None, "put(..., None, ttl=30) says more than negative_ttl: there after 10 s"


def test_without_a_negative_ttl_none_lives_as_long_as_others(clock):
    cache = LRUCache(2, ttl=60, clock=clock)
    cache.put("nothing", None)
    clock.now += 59
    assert cache.get("nothing") is None, "ttl 60 s and no negative_ttl: a None that is 59 s old is there"


def test_get_or_compute_passes_the_ttl_on(clock):
    cache, calls = LRUCache(2, ttl=60, clock=clock), []
    for _ in range(2):
        cache.get_or_compute("a", lambda: calls.append(1), ttl=5)
        clock.now += 10
    assert len(calls) == 2, "model calls of two get_or_compute(..., ttl=5) that are 10 s apart"
