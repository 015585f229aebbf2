"""Figures of a service from two looks at its metrics, made by the real client library or the real service."""

from bisect import bisect_left

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from studyapp.runner.metrics import Snapshot, figures, parse, quantile
from tests.runner.serving import Launched

BOUNDS = (0.01, 0.1, 1.0)


class Scraped:
    """Metrics as the service has them."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter("recsys_requests", "", ["route", "status"], registry=self.registry)
        self.seconds = Histogram("recsys_request_seconds", "", ["route"], buckets=BOUNDS, registry=self.registry)
        self.cache = Counter("recsys_cache", "", ["result"], registry=self.registry)
        self.answers = Counter("recsys_answers", "", ["strategy", "variant"], registry=self.registry)
        self.drift = Gauge("recsys_drift_score", "", ["feature"], registry=self.registry)

    def at(self, seconds: float) -> Snapshot:
        return parse(generate_latest(self.registry).decode(), seconds)


def test_only_what_grew_between_two_looks_counts() -> None:
    scraped = Scraped()
    scraped.requests.labels("/v1/recommendations", "500").inc(1000)
    scraped.cache.labels("miss").inc(1000)
    scraped.seconds.labels("/v1/recommendations").observe(0.9)
    before = scraped.at(10.0)
    scraped.requests.labels("/v1/recommendations", "200").inc(36)
    scraped.requests.labels("/v1/events", "503").inc(4)
    scraped.requests.labels("/health/ready", "503").inc(100)
    scraped.cache.labels("hit").inc(30)
    scraped.cache.labels("miss").inc(10)
    scraped.answers.labels("personal", "a").inc(3)
    scraped.answers.labels("popular", "b").inc(1)
    scraped.drift.labels("hour").set(0.25)
    for _ in range(100):
        scraped.seconds.labels("/v1/recommendations").observe(0.05)
        scraped.seconds.labels("/metrics").observe(0.9)
    now = figures(before, scraped.at(14.0))
    assert now.requests_per_second == 10.0
    assert now.error_rate == 0.1
    assert now.hit_rate == 0.75
    assert now.p50 == pytest.approx(0.055)  # half way through the bucket from 0.01 to 0.1
    assert now.p99 == pytest.approx(0.0991)
    assert now.strategies == {"personal": 0.75, "popular": 0.25}
    assert now.variants == {"a": 0.75, "b": 0.25}
    assert now.drift == {"hour": 0.25}


def test_where_nothing_happened_nothing_is_told() -> None:
    scraped = Scraped()
    now = figures(scraped.at(0.0), scraped.at(2.0))
    assert (now.requests_per_second, now.p50, now.error_rate, now.hit_rate) == (0.0, None, None, None)
    assert figures(scraped.at(2.0), scraped.at(2.0)).requests_per_second == 0.0


def test_a_service_that_restarted_counts_from_zero() -> None:
    old, new = Scraped(), Scraped()
    old.requests.labels("/v1/events", "202").inc(500)
    new.requests.labels("/v1/events", "202").inc(8)
    assert figures(old.at(0.0), new.at(4.0)).requests_per_second == 2.0


@given(st.lists(st.floats(0.0, 0.999), min_size=1), st.sampled_from([0.5, 0.95, 0.99]))
def test_a_quantile_is_in_the_bucket_of_the_observation_that_it_stands_for(observed: list[float], q: float) -> None:
    cumulative = {bound: float(sum(value <= bound for value in observed)) for bound in (*BOUNDS, float("inf"))}
    found = quantile(q, cumulative)
    exact = sorted(observed)[max(0, -int(-q * len(observed) // 1) - 1)]
    place = bisect_left(BOUNDS, exact)
    assert found is not None
    assert (0.0, *BOUNDS)[place] <= found <= BOUNDS[place]


def test_of_several_replicas_counts_add_up_and_the_worst_drift_counts() -> None:
    def scraped(requests: tuple[int, int]) -> Snapshot:
        lines = [
            'recsys_front_replicas{state="ready"} 2',
            *(
                f'recsys_requests_total{{route="/v1/events",status="202",replica="{n}"}} {count}'
                for n, count in enumerate(requests)
            ),
            'recsys_drift_score{feature="hour",replica="0"} 0.4',
            'recsys_drift_score{feature="hour",replica="1"} 0.1',
        ]
        return parse("\n".join(lines) + "\n", sum(requests))

    now = figures(scraped((10, 10)), scraped((20, 40)))
    assert now.requests_per_second == 1.0
    assert now.drift == {"hour": 0.4}
    assert now.replicas == {"ready": 2}


def test_beyond_the_last_bound_nothing_finer_is_known() -> None:
    assert quantile(0.99, {0.1: 1.0, float("inf"): 10.0}) == 0.1
    assert quantile(0.5, {0.1: 0.0, float("inf"): 0.0}) is None


@pytest.mark.xdist_group("service")
def test_the_real_service_is_read(launched: Launched) -> None:
    client = launched.service.client
    before = client.metrics()
    for _ in range(2):
        for user in range(10):
            client.recommend(f"u{user}", "globex", hour=3)
    now = figures(before, client.metrics())
    assert now.hit_rate == 0.5
    assert now.error_rate == 0.0
    assert now.p50 is not None
    assert now.p99 is not None
    assert 0 < now.p50 <= now.p99
    assert now.strategies["personal"] == 1.0
    assert "top_score" in now.drift
