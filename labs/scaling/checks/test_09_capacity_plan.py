"""Step 9: from what one replica does to what a hundred thousand requests a second need, and cost."""

import math

import pytest

from recsys.capacity import Load, ReplicaType, mean_wait, plan, replicas_for, waiting_probability

SMALL = ReplicaType(throughput=100.0, hourly_price=0.1)


@pytest.mark.parametrize(
    ("rate", "options", "expected", "told"),
    [
        (1000, {"utilization": 1.0, "zones": 1}, 10, "1,000 a second at 100 each, full, one zone"),
        (1001, {"utilization": 1.0, "zones": 1}, 11, "1,001 a second at 100 each, full, one zone"),
        (1000, {"utilization": 0.5, "zones": 1}, 20, "1,000 a second at 100 each, half full, one zone"),
        (1000, {"utilization": 1.0, "zones": 3}, 15, "1,000 a second at 100 each, full: two zones of three must do"),
        (1010, {"utilization": 1.0, "zones": 3}, 18, "1,010 a second at 100 each, full, three zones, evenly spread"),
        (20_000, {"utilization": 0.7, "zones": 1}, 286, "20,000 a second at 100 each, 70 % full, one zone"),
        (1, {"zones": 1}, 2, "1 a second: never fewer than two"),
    ],
)
def test_replicas_for_a_rate(rate, options, expected, told):
    assert replicas_for(rate, SMALL, **options) == expected, f"{told}: replicas"


def test_requests_of_a_month():
    billions = Load(100_000, mean_share=1.0).monthly_requests / 1e9
    assert billions == pytest.approx(262.8), "100,000 a second, day and night: billions of requests in 730 hours"
    half = Load(100_000, mean_share=0.5).monthly_requests / 1e9
    assert half == pytest.approx(131.4), "a peak of 100,000, a mean of half of it: billions of requests in 730 hours"


def test_the_peak_sizes_and_the_mean_pays():
    made = plan(Load(10_000, mean_share=0.4), SMALL, utilization=1.0, zones=1)
    assert (made.replicas_at_peak, made.replicas_at_mean) == (100, 40), "a peak of 10,000, a mean of 4,000: replicas"
    assert made.monthly_cost_fixed == pytest.approx(7300), "100 replicas at $0.10 an hour, 730 hours"
    assert made.monthly_cost_autoscaled == pytest.approx(2920), "40 replicas on average at $0.10 an hour, 730 hours"
    millions = 4000 * 3600 * 730 / 1e6
    assert made.cost_per_million == pytest.approx(2920 / millions), "$2,920 for the requests of a month: $ a million"


def test_a_cache_takes_its_hits_away_until_it_is_cold():
    made = plan(Load(10_000, hit_rate=0.8), SMALL, utilization=1.0, zones=1)
    assert made.replicas_at_peak == 20, "a peak of 10,000, 80 % hits: replicas for the misses"
    assert made.replicas_with_cold_cache == 100, "a peak of 10,000, and the cache has just been emptied: replicas"


def test_spot_at_seventy_off_for_seventy_per_cent():
    full, spot = plan(Load(10_000), SMALL), plan(Load(10_000), SMALL, spot_share=0.7, spot_discount=0.7)
    share = round(spot.monthly_cost_fixed / full.monthly_cost_fixed, 3)
    assert share == 0.51, "70 % of the capacity on spot at 70 % off: share of the bill that remains"


@pytest.mark.parametrize("utilization", [0.2, 0.5, 0.8, 0.95])
def test_one_server_waits_as_often_as_it_is_busy(utilization):
    assert waiting_probability(1, utilization) == pytest.approx(utilization), f"M/M/1 at {utilization}: P(wait)"
    wait = mean_wait(1, utilization / 0.01, 0.01)
    assert wait == pytest.approx(0.01 * utilization / (1 - utilization)), "M/M/1, 10 ms of service: mean seconds waited"


@pytest.mark.parametrize("servers", [2, 5, 20, 200])
def test_erlang_c(servers):
    offered = 0.8 * servers
    waiting = math.exp(servers * math.log(offered) - math.lgamma(servers + 1)) / 0.2
    idle = sum(math.exp(n * math.log(offered) - math.lgamma(n + 1)) for n in range(servers))
    expected = waiting / (idle + waiting)
    got = waiting_probability(servers, offered)
    assert got == pytest.approx(expected, rel=1e-6), f"Erlang's C formula, {servers} servers at 80 %: P(wait)"


def test_above_its_capacity_the_queue_has_no_end():
    assert waiting_probability(4, 4.0) == 1.0, "four servers, four busy on average: P(wait)"
    assert mean_wait(4, 4.0, 1.0) == math.inf, "four servers, four busy on average: mean seconds waited"
