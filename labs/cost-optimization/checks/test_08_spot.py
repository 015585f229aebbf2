"""Step 8: a replica that is taken away loses nothing, and a pool that is taken away does not end the service."""

import pytest

from recsys.spot import Drain, Fleet, simulate

DAY = 86_400.0


def test_it_serves_until_it_must_drain():
    replica = Drain(drain=20)
    assert replica.accepting(1e9) is True, "no notice: accepting"
    replica.interrupt(1000)
    accepting = [replica.accepting(now) for now in (1000, 1099.9, 1100, 1119)]
    assert accepting == [True, True, False, False], (
        "notice at 1000 for 120 s, 20 s to drain: accepting at 1000, 1099.9, 1100, 1119"
    )


def test_it_finishes_what_it_has():
    replica = Drain(drain=20)
    assert replica.may_exit(500) is False, "no notice, nothing in flight: may exit"
    replica.interrupt(1000)
    assert replica.may_exit(1050) is False, "notice at 1000, nothing in flight, but it still accepts: may exit at 1050"
    replica.in_flight = 1
    assert replica.may_exit(1110) is False, "draining with a request in flight: may exit at 1110"
    replica.in_flight = 0
    assert replica.may_exit(1110) is True, "draining with nothing in flight: may exit at 1110"
    replica.in_flight = 1
    assert replica.may_exit(1120) is True, "the notice is over, whatever is in flight: may exit at 1120"


def test_the_same_notice_seen_again_changes_nothing():
    replica = Drain(drain=20)
    replica.interrupt(1000)
    replica.interrupt(1050)
    assert replica.accepting(1105) is False, "notice at 1000, polled again at 1050: accepting at 1105"


@pytest.mark.parametrize(
    ("boot", "drain", "expected"),
    [(90, 20, 0), (100, 20, 0), (130, 20, 30), (600, 20, 500), (90, 60, 30)],
)
def test_the_gap(boot, drain, expected):
    got = Fleet(1, 1, boot=boot, drain=drain).gap
    assert got == pytest.approx(expected), f"notice 120 s, boot {boot} s, drain {drain} s: seconds without the replica"


def simulated(fleet, **changes):
    options = {"needed": 8, "seconds": 30 * DAY, "mean_life": DAY / 4, "pools": 4, "seed": 1}
    return simulate(fleet, **(options | changes))


def test_nothing_is_missing_where_boot_and_drain_fit():
    report = simulated(Fleet(2, 8, boot=90, drain=20), needed=10)
    assert report.interruptions > 100, "30 days, eight on spot, interrupted every six hours: interruptions"
    assert (report.lowest, report.seconds_short) == (10, 0.0), (
        "boot 90, drain 20, notice 120: (fewest replicas, s short)"
    )


def test_a_slow_boot_is_missed_at_each_interruption():
    report = simulated(Fleet(0, 1, boot=400, drain=20), needed=1, pools=1)
    expected = pytest.approx(300 * report.interruptions, rel=0.02)
    assert report.seconds_short == expected, "one on spot, boot 400 s: seconds short in 30 days, 300 an interruption"
    assert report.lowest == 0, "one on spot and nothing else: fewest replicas"


@pytest.mark.parametrize("seed", range(5))
def test_the_base_is_never_lost(seed):
    report = simulated(Fleet(3, 7, boot=900), pools=1, seed=seed)
    assert report.lowest == 3, "three on demand, seven on spot in one pool that is taken at once: fewest replicas"


def test_pools_fail_one_at_a_time():
    one, four = (simulated(Fleet(2, 8, boot=600), pools=pools).lowest for pools in (1, 4))
    assert (one, four > one) == (2, True), "two on demand, eight on spot: (fewest with one pool, more with four pools)"


def test_no_spot_no_interruption():
    report = simulated(Fleet(5, 0), pools=1, needed=5)
    assert (report.lowest, report.seconds_short) == (5, 0.0), "five on demand, none on spot: (fewest replicas, s short)"
