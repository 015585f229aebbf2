"""Step 5: the newest row of each entity in Redis: one round trip, newer wins, and the same rule for age as offline."""

import numpy as np
import pytest

HOUR = 3600.0


def write(online, view, user, opens, when, tenant="acme"):
    return online.write(tenant, view, user, {"opens_7d": opens, "done_7d": 10 * opens}, when)


def test_a_row_comes_back(online, make_view, at, numbers):
    view = make_view()
    assert write(online, view, "ann", 3, at(-1)) is True, "whether the row was stored"
    rows = online.read("acme", view, ["ann", "nobody"])
    assert numbers(rows.values) == [[3, 30], [None, None]], "features of ann, and of somebody who is not there"
    assert numbers(rows.ages) == [HOUR, None], "ages in seconds, of the event and not of the writing"
    assert rows.fresh.tolist() == [True, False], "which are there and fresh"


def test_the_order_asked_for(online, make_view, at, numbers):
    view = make_view()
    for number in range(5):
        write(online, view, f"u{number}", number, at(-1))
    users = ["u3", "u0", "nobody", "u4", "u3"]
    rows = online.read("acme", view, users, ["done_7d", "opens_7d"])
    assert numbers(rows.values) == [[30, 3], [0, 0], [None, None], [40, 4], [30, 3]], f"done_7d, opens_7d of {users}"


def test_nothing_asked_for(online, make_view):
    assert online.read("acme", make_view(), []).values.shape == (0, 2), "shape of the values of no entity"


def test_one_round_trip(online, make_view, at, round_trips):
    view, users = make_view(), [f"u{number}" for number in range(100)]
    online.write_many("acme", view, users, np.ones((100, 2), np.float32), [at(-1).timestamp()] * 100)
    round_trips.clear()
    online.read("acme", view, users)
    assert len(round_trips) == 1, "how often something is sent to Redis for the features of 100 users"


@pytest.mark.parametrize("late_first", [False, True])
def test_newer_wins_whoever_writes_last(online, make_view, at, numbers, late_first):
    view = make_view()
    writes = [(5, at(-1)), (2, at(-3))]
    for opens, when in writes[::-1] if late_first else writes:
        write(online, view, "ann", opens, when)
    rows = online.read("acme", view, ["ann"])
    assert numbers(rows.values) == [[5, 50]], "a row of 11:00 (5) and a row of 09:00 (2), whichever is written last"
    assert numbers(rows.ages) == [HOUR], "and its age"


def test_what_became_of_a_late_row(online, make_view, at):
    view = make_view()
    write(online, view, "ann", 5, at(-1))
    assert write(online, view, "ann", 2, at(-1, seconds=-1)) is False, "whether a row a second older was stored"
    assert write(online, view, "ann", 6, at(-1)) is True, "a correction for the same moment is stored"


def test_microseconds_matter(online, make_view, at, numbers):
    view = make_view()
    write(online, view, "ann", 5, at(-1, microseconds=1))
    write(online, view, "ann", 2, at(-1))
    assert numbers(online.read("acme", view, ["ann"]).values) == [[5, 50]], "rows a microsecond apart, older one last"


def test_it_expires_by_its_event(online, redis, make_view, at):
    view = make_view(ttl=24 * HOUR)
    write(online, view, "ann", 1, at(-20))
    (key,) = redis.keys("*")
    hours = round(redis.pttl(key) / HOUR / 1000, 1)
    assert hours == 4.0, "hours until Redis drops a row whose event was 20 h ago, ttl 24 h"


def test_what_is_too_old_is_not_even_written(online, redis, make_view, at):
    view = make_view(ttl=24 * HOUR)
    assert write(online, view, "ann", 1, at(-25)) is False, "whether a row of 25 h ago was stored, ttl 24 h"
    assert redis.keys("*") == [], "keys in Redis"


def test_stale_is_unknown_whatever_redis_still_holds(online, make_view, at, clock, numbers):
    view = make_view(ttl=24 * HOUR)
    write(online, view, "ann", 1, at(-1))
    clock.now += 23 * HOUR
    assert online.read("acme", view, ["ann"]).fresh.tolist() == [True], "exactly 24 h after the event: still fresh"
    clock.now += 1
    rows = online.read("acme", view, ["ann"])
    assert numbers(rows.values) == [[None, None]], "a second later, while Redis has not dropped it yet"
    assert numbers(rows.ages) == [24 * HOUR + 1], "its age is told, so that a monitor can tell stale from missing"


def test_one_rule_online_and_offline(online, make_view, table, at, clock, numbers):
    from recsys.features import point_in_time_join

    view, users, ages = make_view(ttl=24 * HOUR), ["young", "limit", "old", "future"], (1.0, 24.0, 24.1, -0.1)
    for user, age in zip(users, ages, strict=True):
        clock.now = at(-age).timestamp()  # each is written when it happens
        write(online, view, user, 1, at(-age))
    clock.now = at(0).timestamp()
    rows = table([("acme", user, at(-age), 1, 0) for user, age in zip(users, ages, strict=True)])
    joined = point_in_time_join(table([("acme", user, at(0)) for user in users]), [(view, rows)])
    served = [values[0] for values in numbers(online.read("acme", view, users).values)]
    assert served == numbers(joined["user_activity__opens_7d"]), (
        "rows 1 h, 24 h and 24.1 h old and one of the future, ttl 24 h; offline says"
    )


def test_tenants_do_not_share(online, make_view, at, numbers):
    view = make_view()
    write(online, view, "ann", 3, at(-1), tenant="acme")
    write(online, view, "ann", 4, at(-2), tenant="globex")
    got = [numbers(online.read(tenant, view, ["ann"]).values)[0][0] for tenant in ("acme", "globex", "initech")]
    assert got == [3, 4, None], "opens_7d of ann at acme, at globex, and at initech, which has none"


def test_versions_do_not_share(online, make_view, at, numbers):
    write(online, make_view(), "ann", 3, at(-1))
    got = numbers(online.read("acme", make_view(version=2), ["ann"]).values)
    assert got == [[None, None]], "features of ann in version 2, of which nothing was written"


def test_a_row_that_another_view_wrote(online, redis, make_view, at, numbers):
    view = make_view()
    write(online, view, "ann", 3, at(-1))
    (key,) = redis.keys("*")
    redis.append(key, b"more")
    assert numbers(online.read("acme", view, ["ann"]).values) == [[None, None]], "a row that is longer than the view's"


def test_a_customer_leaves(online, make_view, at, numbers):
    view = make_view()
    for tenant in ("acme", "acme2"):
        write(online, view, "ann", 3, at(-1), tenant=tenant)
    assert online.delete_tenant("acme") == 1, "rows of acme that delete_tenant erased"
    assert numbers(online.read("acme2", view, ["ann"]).values) == [[3, 30]], "acme2's row is still there"
