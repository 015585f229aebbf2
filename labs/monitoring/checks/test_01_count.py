"""Step 1: each request is counted once, with its outcome and its time."""

import pytest

READ, EVENTS = "/v1/recommendations", "/v1/events"


def counted(samples, route, status):
    return samples.get(("recsys_requests_total", (("route", route), ("status", str(status)))), 0)


def timed(samples, route, name="count"):
    return round(samples.get((f"recsys_request_seconds_{name}", (("route", route),)), 0), 6)


def test_a_request_is_counted(metrics, samples):
    for _ in range(3):
        metrics.request(READ, 200, 0.01)
    metrics.request(EVENTS, 202, 0.002)
    found = samples(metrics)
    assert counted(found, READ, 200) == 3, f"recsys_requests_total of {READ}, 200, after three requests"
    assert counted(found, EVENTS, 202) == 1, f"recsys_requests_total of {EVENTS}, 202, after one"


@pytest.mark.parametrize("status", [401, 422, 500, 503])
def test_a_failure_is_counted_too(metrics, samples, status):
    metrics.request(READ, 200, 0.01)
    metrics.request(READ, status, 0.01)
    assert counted(samples(metrics), READ, status) == 1, f"recsys_requests_total of {READ}, {status}, after one"
    assert counted(samples(metrics), READ, 200) == 1, "and of 200, after one: outcomes are kept apart"


def test_its_time_is_observed(metrics, samples):
    for seconds in (0.01, 0.02, 0.03):
        metrics.request(READ, 200, seconds)
    found = samples(metrics)
    assert timed(found, READ) == 3, "observations of recsys_request_seconds after three requests"
    assert timed(found, READ, "sum") == 0.06, "their sum, in seconds, of 10, 20 and 30 ms"


def test_a_failure_takes_time_too(metrics, samples):
    metrics.request(READ, 503, 0.3)
    assert timed(samples(metrics), READ) == 1, (
        "observations after one request that failed after 0.3 s: users waited for it"
    )


def test_nobody_is_counted_before_they_came(metrics, samples):
    metrics.request(READ, 200, 0.01)
    assert counted(samples(metrics), EVENTS, 202) == 0, f"recsys_requests_total of {EVENTS}, where nobody asked"
