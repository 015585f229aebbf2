"""Step 5: counts that are exact and of one instant, whatever the threads do."""

import random
import sys
import threading

from recsys.cache import MISSING, LRUCache

THREADS, LOOKUPS, SNAPSHOTS = 4, 150, 200


def test_what_is_counted(clock):
    cache = LRUCache(2, ttl=60, clock=clock)
    cache.put("a", 1)
    cache.put("b", 2)
    cache.put("c", 3)
    for key in "abcc":
        cache.get(key)
    stats = cache.stats()
    assert (stats.hits, stats.misses) == (3, 1), "(hits, misses) after get a, b, c, c, where a was evicted"
    assert stats.evictions == 1, "evictions after three puts into a cache for two"
    assert (stats.size, stats.capacity) == (2, 2), "(size, capacity) of a full cache for two"
    assert stats.hit_rate == 0.75, "hit rate of three hits and one miss"


def test_an_expiry_is_no_eviction(clock):
    cache = LRUCache(2, ttl=60, clock=clock)
    cache.put("a", 1)
    clock.now += 60
    cache.get("a")
    stats = cache.stats()
    assert (stats.evictions, stats.expirations) == (0, 1), "(evictions, expirations) after one entry came of age"
    assert stats.misses == 1, "a lookup that finds an expired entry is a miss"
    assert stats.size == 0, "size, once the only entry has expired"


def test_get_or_compute_counts_one_lookup():
    cache = LRUCache(2)
    for _ in range(3):
        cache.get_or_compute("a", lambda: 1)
    stats = cache.stats()
    assert (stats.hits, stats.misses) == (2, 1), "(hits, misses) of three get_or_compute of one key"


def test_clear_keeps_the_counts():
    cache = LRUCache(2)
    cache.put("a", 1)
    cache.get("a")
    cache.clear()
    assert cache.stats().hits == 1, "clear forgets the entries; the counts go on, or rates would jump"


def test_no_count_is_lost_between_threads(together, interrupted):
    cache = LRUCache(8)
    cache.put("a", 1)
    with interrupted():
        together(*[lambda: [cache.get("a") for _ in range(LOOKUPS)]] * THREADS)
    wanted = THREADS * LOOKUPS
    assert cache.stats().hits == wanted, f"hits of {THREADS} threads that read one entry {LOOKUPS} times each"


def test_threads_that_evict_do_not_break_readers(together, interrupted):
    cache = LRUCache(2)

    def work(seed):
        draw = random.Random(seed)
        for step in range(2 * LOOKUPS):
            key = draw.randrange(4)  # half of the lookups hit, the other half evict what somebody may be looking at
            if cache.get(key) is MISSING:
                cache.put(key, step)

    with interrupted():
        raised = [error for error in together(*[lambda n=n: work(n) for n in range(THREADS)]) if error]
    said = "exceptions in threads that read while others evict: an entry may go between two lines of yours"
    assert raised == [], said
    stats = cache.stats()
    assert stats.hits + stats.misses == 2 * THREADS * LOOKUPS, "hits + misses, where every lookup is one of both"
    assert stats.size == 2, "size of a full cache for two, after threads evicted in it"


def test_a_snapshot_is_of_one_instant(together, interrupted):
    cache, ended, gaps = LRUCache(2), threading.Event(), []
    cache.put("here", 1)

    def read():
        sys.settrace(None)  # at full speed, so that much happens between two instructions of `stats`
        while not ended.is_set():
            cache.get("here")
            cache.get("gone")

    def watch():
        try:
            for _ in range(SNAPSHOTS):
                stats = cache.stats()
                gaps.append(stats.hits - stats.misses)
        finally:
            ended.set()

    with interrupted():
        together(read, watch)
    mixed = [gap for gap in gaps if gap not in (0, 1)]
    said = "a thread reads a hit, a miss, a hit, a miss ...: hits - misses is 0 or 1 at any instant; other differences"
    assert mixed == [], f"{said} in {SNAPSHOTS} snapshots that were taken meanwhile"
