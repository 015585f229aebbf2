"""Step 7: what was written together does not expire together."""

from itertools import pairwise

from recsys.cache import LRUCache

ENTRIES = 1000


def sizes(cache, clock, times):
    """How many entries are alive at each of some ages."""
    begun, found = clock.now, []
    for number in range(ENTRIES):
        cache.put(number, number)
    for age in times:
        clock.now = begun + age
        found.append(len(cache))
    return found


def test_lives_are_shortened_never_lengthened(clock):
    alive = sizes(LRUCache(ENTRIES, ttl=100, jitter=0.2, clock=clock, seed=7), clock, [79.9, 100.1])
    assert alive[0] == ENTRIES, "ttl 100 s, jitter 0.2: each lives 80 s at least; alive after 79.9 s"
    assert alive[1] == 0, "ttl 100 s, jitter 0.2: the ttl is a promise that jitter does not break; alive after 100.1 s"


def test_expiries_are_spread(clock):
    alive = sizes(LRUCache(ENTRIES, ttl=100, jitter=0.2, clock=clock, seed=7), clock, [80, 85, 90, 95, 100])
    expired = [before - after for before, after in pairwise(alive)]
    said = f"jitter 0.2: about {ENTRIES // 4} of {ENTRIES} expire in each quarter of the last 20 s; it was {expired}"
    assert all(ENTRIES // 8 < each < ENTRIES // 2 for each in expired), said


def test_the_seed_decides(clock):
    def seeded(seed):
        return sizes(LRUCache(ENTRIES, ttl=100, jitter=0.2, clock=clock, seed=seed), clock, [80, 85, 90, 95, 100])

    first, again, other = seeded(1), seeded(1), seeded(2)
    assert first == again, "two caches with the same seed expire alike, so that a test can be repeated"
    assert first != other, "two caches with different seeds do not"


def test_without_jitter_there_is_no_chance(clock):
    assert sizes(LRUCache(ENTRIES, ttl=100, clock=clock), clock, [99.9, 100]) == [ENTRIES, 0], "no jitter: all at once"


def test_an_entrys_own_ttl_is_spread_too(clock):
    cache = LRUCache(ENTRIES, jitter=0.5, clock=clock, seed=7)
    for number in range(ENTRIES):
        cache.put(number, number, ttl=100)
    clock.now += 75
    assert ENTRIES // 4 < len(cache) < 3 * ENTRIES // 4, "put(..., ttl=100), jitter 0.5: about half are left after 75 s"
