"""Step 4: a replica that fails leaves the rotation, and is tried again."""

import pytest

from recsys.ejection import Ejector


@pytest.fixture
def four(fresh, clock):
    """Four replicas and what ejects them: after three failures in a row, for 30 s and then up to 100."""
    replicas = fresh(4)
    return replicas, Ejector(replicas, failures=3, base=30, longest=100, clock=clock)


def fail(ejector, replica, times=3):
    for _ in range(times):
        ejector.record(replica, ok=False)


def test_three_in_a_row_eject(four):
    replicas, ejector = four
    fail(ejector, replicas[0], 2)
    assert replicas[0].available is True, "two failures in a row of three: still available"
    fail(ejector, replicas[0], 1)
    assert replicas[0].available is False, "three failures in a row: still available"
    assert [replica.available for replica in replicas[1:]] == [True] * 3, "the others are left alone"


def test_a_success_starts_the_count_anew(four):
    replicas, ejector = four
    for _ in range(5):
        fail(ejector, replicas[0], 2)
        ejector.record(replicas[0], ok=True)
    assert replicas[0].available is True, "two failures, then a success, five times over: still available"


def test_it_comes_back_after_its_time(four, clock):
    replicas, ejector = four
    fail(ejector, replicas[0])
    clock.now += 29.9
    assert ejector.readmit() == [], "29.9 s after an ejection for 30: who is let back"
    clock.now += 0.1
    assert ejector.readmit() == [replicas[0]], "30 s after an ejection for 30: who is let back"
    assert replicas[0].available is True, "and it takes requests again"
    assert ejector.readmit() == [], "asked once more: who is let back"


def test_each_time_in_a_row_lasts_twice_as_long(four, clock):
    replicas, ejector = four
    for lasting in (30, 60, 100, 100):
        fail(ejector, replicas[0])
        clock.now += lasting - 0.1
        assert ejector.readmit() == [], f"base 30, longest 100: this ejection lasts {lasting} s; let back 0.1 s before"
        clock.now += 0.2
        assert ejector.readmit() == [replicas[0]], f"base 30, longest 100: let back after {lasting} s"


def test_good_behaviour_shortens_the_next(four, clock):
    replicas, ejector = four
    fail(ejector, replicas[0])
    clock.now += 30
    ejector.readmit()
    for _ in range(3):
        ejector.record(replicas[0], ok=True)
    fail(ejector, replicas[0])
    clock.now += 30
    assert ejector.readmit() == [replicas[0]], "an ejection, then three successes: the next one lasts 30 s again"


def test_when_all_fail_half_stay(four):
    replicas, ejector = four
    for replica in replicas:
        fail(ejector, replica, 10)
    left = sum(replica.available for replica in replicas)
    assert left == 2, "all four fail, and at most half may be ejected: how many are left"


@pytest.mark.parametrize("count", [1, 2])
def test_the_last_one_stays(count, fresh, clock):
    replicas = fresh(count)
    ejector = Ejector(replicas, failures=1, max_share=1.0, clock=clock)
    for replica in replicas:
        fail(ejector, replica)
    assert sum(replica.available for replica in replicas) == 1, f"all of {count} fail: how many are left"


def test_who_was_taken_out_by_others_stays_out(four, clock):
    replicas, ejector = four
    replicas[3].available = False
    clock.now += 1e6
    assert ejector.readmit() == [], "a replica that a deploy took out is not let back by the ejector"
