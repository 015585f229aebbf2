"""The calculator against sums done by hand, and the queue against SciPy and a simulation."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from recsys.capacity import Load, ReplicaType, mean_wait, plan, replicas_for, waiting_probability

SMALL = ReplicaType(throughput=100.0, hourly_price=0.1)


def test_replicas_survive_the_loss_of_a_zone() -> None:
    assert replicas_for(1000, SMALL, utilization=1.0, zones=1) == 10
    assert replicas_for(1000, SMALL, utilization=0.5, zones=1) == 20
    assert replicas_for(1000, SMALL, utilization=1.0, zones=3) == 15  # ten in the two zones that are left
    assert replicas_for(1, SMALL, zones=1) == 2


@given(st.floats(1, 1e6), st.floats(1, 1e4), st.floats(0.1, 1.0), st.integers(1, 5))
def test_what_is_left_without_a_zone_still_carries_the_load(
    rate: float, throughput: float, utilization: float, zones: int
) -> None:
    count = replicas_for(rate, ReplicaType(throughput, 1.0), utilization=utilization, zones=zones)
    left = count - count // zones if zones > 1 else count
    assert left * throughput * utilization >= rate * (1 - 1e-6)


def test_a_hundred_thousand_requests_a_second_in_money() -> None:
    """8.64 billion a day, 262.8 billion in 730 hours; at $0.20 a million that would be $52,560."""
    load = Load(peak=100_000, mean_share=1.0)
    assert load.monthly_requests == pytest.approx(100_000 * 3600 * 730)
    assert load.monthly_requests / 1e6 * 0.20 == pytest.approx(52_560)
    made = plan(load, ReplicaType(1000.0, 0.05), utilization=1.0, zones=1)
    assert made.replicas_at_peak == 100
    assert made.monthly_cost_fixed == pytest.approx(100 * 0.05 * 730)
    assert made.cost_per_million == pytest.approx(3650 / 262_800)
    assert made.cost_per_thousand == pytest.approx(made.cost_per_million / 1000)


def test_cache_autoscaling_and_spot_each_save_and_a_cold_cache_takes_all_back() -> None:
    cached = plan(Load(10_000, mean_share=0.4, hit_rate=0.8), SMALL, utilization=1.0, zones=1)
    assert (cached.replicas_at_peak, cached.replicas_at_mean, cached.replicas_with_cold_cache) == (20, 8, 100)
    assert cached.monthly_cost_autoscaled == pytest.approx(cached.monthly_cost_fixed * 8 / 20)
    spot = plan(Load(10_000), SMALL, spot_share=0.7, spot_discount=0.7)
    assert spot.monthly_cost_fixed == pytest.approx(plan(Load(10_000), SMALL).monthly_cost_fixed * 0.51)


@pytest.mark.parametrize("load", [{"peak": 0}, {"peak": 1, "mean_share": 0}, {"peak": 1, "hit_rate": 1.1}])
def test_impossible_loads_are_refused(load: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="a load needs"):
        Load(**load)


@given(st.integers(1, 200), st.floats(0.01, 0.99))
def test_the_waiting_probability_is_erlangs(servers: int, utilization: float) -> None:
    offered = servers * utilization
    blocked = stats.poisson.pmf(servers, offered) / stats.poisson.cdf(servers, offered)
    expected = blocked / (1 - utilization * (1 - blocked))
    assert waiting_probability(servers, offered) == pytest.approx(expected, rel=1e-6)
    assert waiting_probability(servers, float(servers)) == 1.0


def test_the_mean_wait_is_that_of_a_simulated_queue() -> None:
    rng = np.random.default_rng(1)
    requests, servers, rate, service = 40_000, 4, 3.2, 1.0
    arrivals, work = rng.exponential(1 / rate, requests).cumsum(), rng.exponential(service, requests)
    free, waits = np.zeros(servers), np.empty(requests)
    for index, arrival in enumerate(arrivals):
        server = free.argmin()
        start = max(arrival, free[server])
        waits[index] = start - arrival
        free[server] = start + work[index]
    assert mean_wait(servers, rate, service) == pytest.approx(waits[2000:].mean(), rel=0.15)
    assert mean_wait(4, 4.0, 1.0) == math.inf
