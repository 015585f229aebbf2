"""Step 2: limits that cannot be are refused, those that can be are kept, and what is to be forgotten is."""

import math

import pytest

from recsys.cache import MISSING, LRUCache


def refused(call, *arguments, **more):
    try:
        call(*arguments, **more)
    except ValueError:
        return True
    return False


@pytest.mark.parametrize(
    "limits",
    [
        {"capacity": 0},
        {"capacity": -1},
        {"ttl": 0},
        {"ttl": -1.0},
        {"ttl": math.nan},
        {"negative_ttl": 0},
        {"jitter": 1.0},
        {"jitter": -0.1},
    ],
)
def test_impossible_limits(limits):
    said = ", ".join(f"{name}={value}" for name, value in limits.items())
    assert refused(LRUCache, **{"capacity": 1, **limits}), f"LRUCache({said}) is to raise ValueError at once"


def test_an_impossible_ttl_of_one_entry():
    assert refused(LRUCache(1).put, "a", 1, ttl=0), "put('a', 1, ttl=0) is to raise ValueError"


def test_there_is_room_for_one(alive):
    cache = LRUCache(1)
    cache.put("a", 1)
    cache.put("b", 2)
    assert alive(cache, "ab") == "b", "capacity 1, put a, b: b is there and a is not"


def test_it_never_holds_more():
    cache = LRUCache(10)
    for number in range(1000):
        cache.put(number, number)
    assert len(cache) == 10, "a cache for ten, after a thousand puts"


def test_writing_again_takes_no_second_place(alive):
    cache = LRUCache(3)
    for key in "abcb":
        cache.put(key, key)
    assert alive(cache, "abc") == "abc", "capacity 3, put a, b, c, then b again: nothing has to leave for it"


def test_delete():
    cache = LRUCache(3)
    cache.put("a", 1)
    assert cache.delete("a") is True, "delete says True of a key that was there"
    assert cache.get("a") is MISSING, "after delete('a') there is no a"
    assert cache.delete("a") is False, "delete says False of a key that is not there"


def test_delete_where(alive):
    cache = LRUCache(5)
    for key in "abcd":
        cache.put(key, key)
    assert cache.delete_where(lambda key: key in "ac") == 2, "delete_where says how many keys went"
    assert alive(cache, "abcd") == "bd", "delete_where(a or c) leaves b and d"


def test_clear():
    cache = LRUCache(3)
    cache.put("a", 1)
    cache.clear()
    assert len(cache) == 0, "a cleared cache holds nothing"
    cache.put("b", 2)
    assert cache.get("b") == 2, "a cleared cache can be filled again"
