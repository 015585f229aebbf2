"""Step 3: entries expire, by a clock that cannot be set, counted from the write."""

import time

from recsys.cache import MISSING, LRUCache


def test_the_wall_clock_does_not_matter(monkeypatch):
    cache, wall = LRUCache(2, ttl=60), time.time
    cache.put("a", 1)
    monkeypatch.setattr(time, "time", lambda: wall() + 3600)
    assert cache.get("a") == 1, "ttl 60 s; somebody sets the wall clock an hour forward: no time has passed"


def test_an_entry_lives_up_to_its_deadline(clock):
    cache = LRUCache(2, ttl=60, clock=clock)
    cache.put("a", 1)
    clock.now += 59.9
    assert cache.get("a") == 1, "ttl 60 s, after 59.9 s of the clock that was passed in: still there"
    clock.now += 0.1
    assert cache.get("a") is MISSING, "ttl 60 s, after exactly 60 s of the clock that was passed in: gone"


def test_reading_does_not_prolong_a_life(clock):
    cache = LRUCache(2, ttl=60, clock=clock)
    cache.put("a", 1)
    clock.now += 40
    cache.get("a")
    clock.now += 40
    assert cache.get("a") is MISSING, "ttl 60 s, put, read after 40 s, read after 80 s: the age counts from the write"


def test_writing_begins_a_new_life(clock):
    cache = LRUCache(2, ttl=60, clock=clock)
    cache.put("a", 1)
    clock.now += 40
    cache.put("a", 2)
    clock.now += 40
    assert cache.get("a") == 2, "ttl 60 s, put, put again after 40 s, read after 80 s: the new value is 40 s old"


def test_an_entry_may_have_its_own_ttl(clock):
    cache = LRUCache(2, ttl=60, clock=clock)
    cache.put("short", 1, ttl=5)
    cache.put("long", 2, ttl=500)
    clock.now += 100
    assert cache.get("short") is MISSING, "put(..., ttl=5), after 100 s: gone"
    assert cache.get("long") == 2, "put(..., ttl=500), after 100 s: still there, though the cache's own ttl is 60"


def test_without_a_ttl_nothing_expires(clock):
    cache = LRUCache(2, clock=clock)
    cache.put("a", 1)
    clock.now += 1e9
    assert cache.get("a") == 1, "no ttl, after thirty years: still there"


def test_the_dead_are_not_counted(clock):
    cache = LRUCache(3, ttl=60, clock=clock)
    cache.put("a", 1)
    clock.now += 30
    cache.put("b", 2)
    clock.now += 30
    assert len(cache) == 1, "ttl 60 s, a is 60 s old, b is 30 s old: one entry is alive"


def test_the_dead_leave_before_the_living(clock, alive):
    cache = LRUCache(2, clock=clock)
    cache.put("a", 1)
    cache.put("b", 2, ttl=1)
    clock.now += 5
    cache.put("c", 3)
    assert alive(cache, "abc") == "ac", "capacity 2, a lives, b has expired, put c: b makes room, not a"
