"""Step 1: the entry that was used longest ago leaves."""

from recsys.cache import MISSING, LRUCache


def test_a_value_comes_back():
    cache = LRUCache(3)
    cache.put("a", 1)
    assert cache.get("a") == 1, "after put('a', 1), get('a') gives 1"
    assert cache.get("b") is MISSING, "get of a key that was never put gives MISSING"
    assert cache.get("b", 7) == 7, "get of a key that was never put gives the default where there is one"


def test_it_grows_up_to_its_capacity(alive):
    cache = LRUCache(3)
    for key in "abc":
        cache.put(key, key)
    assert alive(cache, "abc") == "abc", "a cache for three holds three: which of a, b, c are there?"
    assert len(cache) == 3, "len is the number of entries"


def test_the_oldest_leaves_where_none_was_read(alive):
    cache = LRUCache(3)
    for key in "abcd":
        cache.put(key, key)
    assert alive(cache, "abcd") == "bcd", "capacity 3, put a, b, c, d: a was put first and nobody read it"


def test_a_read_is_a_use(alive):
    cache = LRUCache(3)
    for key in "abc":
        cache.put(key, key)
    cache.get("a")
    cache.put("d", "d")
    assert alive(cache, "abcd") == "acd", "capacity 3, put a, b, c, get a, put d: b was used longest ago, not a"


def test_a_write_is_a_use(alive):
    cache = LRUCache(3)
    for key in "abca":
        cache.put(key, key)
    cache.put("d", "d")
    assert alive(cache, "abcd") == "acd", "capacity 3, put a, b, c, a, d: writing a again makes it the newest"


def test_looking_for_what_is_not_there_changes_nothing(alive):
    cache = LRUCache(2)
    cache.put("a", 1)
    cache.put("b", 2)
    cache.get("z")
    cache.put("c", 3)
    assert alive(cache, "abcz") == "bc", "capacity 2, put a, b, get z, put c: a leaves and z takes no place"
