"""Cost arithmetic, scale to zero, and spot capacity under simulated interruptions."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys import scale_to_zero, spot
from recsys.cost import Prices, bill, break_even, cost_per_thousand, monthly_cost
from recsys.scale_to_zero import IdlePolicy
from recsys.spot import Drain, Fleet

LIST = Prices(on_demand=1.0)


def test_the_cost_of_a_thousand_answers() -> None:
    assert cost_per_thousand(3.6, 100, 0.5) == pytest.approx(0.02)
    assert cost_per_thousand(1, 100, 0.2) / cost_per_thousand(1, 100, 0.7) == pytest.approx(3.5)


def test_a_hundred_thousand_a_second_at_twenty_cents_a_million() -> None:
    assert monthly_cost(100_000, 0.20) == pytest.approx(51_840)


@pytest.mark.parametrize(("speed", "utilisation"), [(0, 0.5), (10, 0), (10, 1.1)])
def test_an_idle_or_impossible_replica_has_no_cost_an_answer(speed: float, utilisation: float) -> None:
    with pytest.raises(ValueError, match="utilisation"):
        cost_per_thousand(1, speed, utilisation)


def test_seventy_per_cent_on_spot_saves_49_and_with_a_plan_for_the_rest_58() -> None:
    assert bill([10] * 24, LIST, spot_share=0.7).saving == pytest.approx(0.49)
    assert bill([10] * 24, LIST, spot_share=0.7, committed=3).saving == pytest.approx(0.58)


def test_a_commitment_is_paid_for_hours_in_which_nobody_uses_it() -> None:
    result = bill([10, 2], LIST, committed=6)
    assert (result.on_demand, result.committed, result.wasted) == pytest.approx((4.0, 8.4, 2.8))
    assert result.replica_hours == 12


@given(st.floats(0.05, 0.95), st.integers(1, 100))
def test_a_commitment_pays_from_its_break_even(discount: float, used: int) -> None:
    hours = np.repeat([1.0, 0.0], [used, 100 - used])
    saving = bill(hours, Prices(1.0, commitment_discount=discount), committed=1).saving
    if not math.isclose(used / 100, break_even(discount)):
        assert (saving > 0) == (used / 100 > break_even(discount))


@given(
    st.lists(st.floats(0, 100), min_size=1, max_size=48),
    st.floats(0, 1),
    st.floats(0, 120),
    st.floats(0, 0.9),
    st.floats(0, 0.9),
)
def test_every_replica_hour_is_paid_once(
    needed: list[float], share: float, committed: float, spot_off: float, plan_off: float
) -> None:
    result = bill(needed, Prices(2.0, spot_off, plan_off), committed=committed, spot_share=share)
    covered = (result.committed - result.wasted) / (2.0 * (1 - plan_off))
    hours = result.on_demand / 2.0 + result.spot / (2.0 * (1 - spot_off)) + covered
    assert hours == pytest.approx(sum(needed), abs=1e-6)
    assert min(result.on_demand, result.spot, result.wasted) >= -1e-9


@pytest.mark.parametrize("arguments", [{"committed": -1.0}, {"spot_share": 1.5}])
def test_impossible_purchases_are_refused(arguments: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="spot share"):
        bill([1.0], LIST, **arguments)


def test_the_last_replica_stops_after_the_idle_time_and_starts_for_the_first_request() -> None:
    policy = IdlePolicy(idle_after=300, cold_start=10)
    assert policy.decide(running=False, waiting=0, idle_for=9999) == "stay"
    assert policy.decide(running=False, waiting=1, idle_for=9999) == "start"
    assert policy.decide(running=True, waiting=0, idle_for=299) == "stay"
    assert policy.decide(running=True, waiting=0, idle_for=300) == "stop"
    assert policy.decide(running=True, waiting=1, idle_for=300) == "stay"


def test_a_trace_by_hand() -> None:
    """Cold start at 100, a second request meets it starting, a third keeps it up, the fourth comes too late."""
    report = scale_to_zero.simulate([100, 104, 150, 500], IdlePolicy(idle_after=60, cold_start=10), total=600)
    assert report.cold_starts == 2
    assert report.waits.tolist() == [10, 6, 0, 10]
    assert report.paid == pytest.approx((210 - 100) + (570 - 500))
    assert report.saving == pytest.approx(1 - 180 / 600)


arrivals = st.lists(st.floats(0, 1000), max_size=40).map(sorted)


@given(arrivals, st.floats(0, 500), st.floats(0, 500), st.floats(0, 100))
def test_patience_costs_money_and_saves_cold_starts(times: list[float], a: float, b: float, cold: float) -> None:
    hasty, patient = (scale_to_zero.simulate(times, IdlePolicy(idle, cold), 1000.0) for idle in sorted((a, b)))
    assert hasty.cold_starts >= patient.cold_starts
    assert 0 <= patient.paid <= 1000 + 1e-6
    assert (hasty.waits <= cold + 1e-9).all()


def test_always_on_is_the_limit_of_patience() -> None:
    report = scale_to_zero.simulate([0, 500], IdlePolicy(idle_after=1e9, cold_start=0), 1000)
    assert (report.cold_starts, report.saving) == (1, 0)


def test_a_replica_serves_until_it_must_drain_then_finishes_what_it_has() -> None:
    replica = Drain(drain=20)
    assert replica.accepting(1e9)
    assert not replica.may_exit(1e9)
    replica.interrupt(1000)
    replica.interrupt(1050)  # the same notice, polled again
    replica.in_flight = 1
    assert (replica.accepting(1099), replica.accepting(1100)) == (True, False)
    assert not replica.may_exit(1110)
    replica.in_flight = 0
    assert replica.may_exit(1110)
    replica.in_flight = 1
    assert replica.may_exit(1120)


def test_draining_must_fit_into_the_notice() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        Drain(drain=30, notice=25)


def simulated(fleet: Fleet, **changes: object) -> spot.SpotReport:
    options = {"needed": 8, "seconds": 30 * 86_400.0, "mean_life": 6 * 3600.0, "pools": 4, "seed": 1}
    return spot.simulate(fleet, **(options | changes))  # type: ignore[arg-type]


def test_no_capacity_is_missing_when_boot_and_drain_fit_into_the_notice() -> None:
    report = simulated(Fleet(on_demand=2, spot=8, boot=90, drain=20), needed=10)
    assert report.interruptions > 100
    assert (report.lowest, report.seconds_short) == (10, 0.0)


def test_a_slow_boot_leaves_a_gap_at_every_interruption() -> None:
    fleet = Fleet(on_demand=0, spot=1, boot=400, drain=20)
    report = simulated(fleet, needed=1, pools=1)
    assert fleet.gap == 300
    assert report.seconds_short == pytest.approx(300 * report.interruptions, rel=0.02)


@given(st.integers(0, 5), st.integers(1, 12), st.integers(1, 4), st.integers(0, 100), st.booleans())
def test_the_on_demand_base_is_never_lost(base: int, extra: int, pools: int, seed: int, together: bool) -> None:
    report = simulated(Fleet(base, extra, boot=900), pools=pools, seed=seed, correlated=together)
    assert base <= report.lowest <= base + extra


def test_more_pools_lose_less_at_once() -> None:
    fleet = Fleet(on_demand=2, spot=8, boot=600)
    one, four = (simulated(fleet, pools=pools) for pools in (1, 4))
    assert one.lowest == 2
    assert four.lowest > 2


def test_interruptions_come_as_often_as_said() -> None:
    report = simulated(Fleet(on_demand=0, spot=50), pools=50, seconds=100 * 86_400.0)
    expected = 50 * 100 * 86_400 / (6 * 3600 + 100)  # a replacement serves 100 s after the notice
    assert report.interruptions == pytest.approx(expected, rel=0.05)
