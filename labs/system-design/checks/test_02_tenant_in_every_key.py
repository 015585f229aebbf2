"""Step 2: keys in which no tenant can spell its way into another's, on a real Redis where there is one."""

from itertools import product

import pytest

from recsys.keys import joined, starting_with

PARTS = ("a", "b", "a:b", ":", "", "%", "a%3Ab", "%3A", "a:", ":b", "*", "ü", "a b")


@pytest.fixture(scope="module")
def redis():
    from recsys import backend

    store = backend.start()
    yield store.client(timeout=2.0)
    store.stop()


def test_different_parts_different_keys():
    seen = {}
    for parts in [*product(PARTS, repeat=2), *product(PARTS, repeat=3)]:
        key = joined(*parts)
        other = seen.setdefault(key, parts)
        assert other == parts, f"the parts that joined{parts} shares its key {key!r} with"


def test_equal_parts_equal_keys():
    assert joined("acme", "u1") == joined("acme", "u1"), "the same parts give the same key"


def test_a_tenants_keys_start_alike():
    start = joined("acme", "")
    assert joined("acme", "u1").startswith(start) is True, f"whether joined('acme', 'u1') starts with {start!r}"
    for other in ("acme2", "acm", "acme:u1"):
        said = f"whether a key of the tenant {other!r} starts with {start!r}, that is with acme's keys"
        assert joined(other, "u1").startswith(start) is False, said


@pytest.mark.parametrize("tenant", ["acme", "*", "a?me", "a[a-z]me", "a\\me", "a^me"])
def test_a_pattern_finds_its_own_alone(redis, tenant):
    redis.flushdb()
    tenants = ["acme", "*", "a?me", "a[a-z]me", "a\\me", "a^me", "acme2"]
    for name in tenants:
        redis.set(f"cache:{name}/1", 1)
    found = sorted(key.decode() for key in redis.scan_iter(match=starting_with(f"cache:{tenant}/")))
    said = f"keys that SCAN finds by starting_with('cache:{tenant}/'), among those of {len(tenants)} tenants"
    assert found == [f"cache:{tenant}/1"], said
