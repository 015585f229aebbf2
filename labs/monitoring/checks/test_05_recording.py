"""Step 5: ratios recorded over five windows, that count what users felt and are right over many pods."""

import re
from pathlib import Path

import pytest
import yaml

WINDOWS = ("5m", "30m", "1h", "6h", "3d")


@pytest.fixture(scope="module")
def recorded():
    """Each recording rule's expression, by name."""
    groups = yaml.safe_load(Path("deploy/prometheus/rules.yaml").read_text("utf-8"))["groups"]
    return {rule["record"]: str(rule["expr"]) for group in groups for rule in group["rules"]}


def test_the_share_of_errors(value, requests):
    series = requests("0+980x90", "0+20x90")
    assert value(series, "job:recsys_errors:ratio_rate5m", "20m") == 0.02, (
        "20 of 1000 requests a minute answered with 503"
    )


def test_callers_mistakes_are_theirs(value, requests):
    series = {**requests("0+900x90"), **requests("0+0x90", "0+100x90", status="422")}
    found = value(series, "job:recsys_errors:ratio_rate5m", "20m")
    assert found == 0, "a tenth of the requests answered with 422: they are requests, and no errors of ours"


def test_probes_and_scrapes_are_not_users(value, requests):
    series = {**requests("0+980x90", "0+20x90"), **requests("0+9000x90", "0+1000x90", route="/health/ready")}
    found = value(series, "job:recsys_errors:ratio_rate5m", "20m")
    assert found == 0.02, "20 of 1000 requests failed, and a tenth of ten times as many probes"


def test_no_error_is_a_share_of_zero(value, requests):
    found = value(requests("0+1000x90"), "job:recsys_errors:ratio_rate5m", "20m")
    assert found == 0, "no request has ever failed, so no series has status 5xx: the share is 0 and not absent"


def test_no_traffic_is_no_share(ask, requests):
    series = requests("1000+0x90", "20+0x90")
    (found,) = ask(series, ("job:recsys_errors:ratio_rate5m", "20m"), files=["rules.yaml"])
    assert found == [], "nobody asked for an hour: 0 / 0 is not a number, and none is to be recorded"


def test_a_big_pod_counts_for_more(value, requests):
    series = {**requests("0+15x90", "0+5x90", instance="a"), **requests("0+1970x90", "0+10x90", instance="b")}
    found = value(series, "job:recsys_errors:ratio_rate5m", "20m")
    assert found == 0.0075, "pod a fails 5 of 20, pod b 10 of 1980: the share of the service, not the mean of the pods"


def test_each_window_is_recorded(recorded):
    expected = [f"job:recsys_{kind}:ratio_rate{window}" for kind in ("errors", "slow") for window in WINDOWS]
    missing = [name for name in expected if name not in recorded]
    assert missing == [], "ratios that are not recorded"
    for name in expected:
        window = name.rpartition("ratio_rate")[2]
        used = set(re.findall(r"\[(\w+)\]", recorded[name]))
        assert used == {window}, f"the windows that {name} looks over"


def test_windows_remember_for_as_long_as_they_say(value, requests):
    series = requests("0+1000x60 60000+980x30", "0+0x60 0+20x30")
    for window, at, expected, done in (
        ("5m", "68m", 0.02, "8 minutes into 2 % errors, the last 5 minutes"),
        ("30m", "75m", 0.01, "15 minutes into 2 % errors, the last 30 minutes"),
        ("1h", "75m", 0.005, "15 minutes into 2 % errors, the last hour"),
    ):
        found = value(series, f"job:recsys_errors:ratio_rate{window}", at)
        assert found is not None, f"job:recsys_errors:ratio_rate{window} has a value"
        assert abs(found - expected) < 0.0006, f"{done}: {expected}, it is {found}"


def test_slow_is_a_share_of_requests(value, durations):
    series = durations({"0.05": 700, "0.1": 800, "0.25": 990, "+Inf": 1000})
    assert value(series, "job:recsys_slow:ratio_rate5m", "20m") == 0.2, (
        "800 of 1000 requests a minute took 100 ms or less"
    )


def test_slow_speaks_of_single_recommendations(value, durations):
    batch = {
        name.replace("/v1/recommendations", "/v1/recommendations/batch"): values
        for name, values in durations({"0.1": 0, "+Inf": 1000}).items()
    }
    series = {**durations({"0.1": 990, "+Inf": 1000}), **batch}
    found = value(series, "job:recsys_slow:ratio_rate5m", "20m")
    assert found == 0.01, (
        "10 of 1000 single recommendations are slow, and every batch, which nobody promised to be quick"
    )


def test_no_traffic_is_not_slow(ask, durations):
    standing = dict.fromkeys(durations({"0.1": 990, "+Inf": 1000}), "1000+0x90")
    (found,) = ask(standing, ("job:recsys_slow:ratio_rate5m", "20m"), files=["rules.yaml"])
    assert found == [], "nobody asked for an hour: no share of slow answers"


def test_a_quantile_is_taken_of_all_pods_together(value, durations):
    quick = durations({"0.05": 8000, "0.1": 8000, "0.5": 8000, "1.0": 8000, "+Inf": 8000}, instance="a")
    slow = durations({"0.05": 0, "0.1": 0, "0.5": 0, "1.0": 2000, "+Inf": 2000}, instance="b")
    found = value({**quick, **slow}, 'job_route:recsys_request_seconds:p99_5m{route="/v1/recommendations"}', "20m")
    assert found is not None, "job_route:recsys_request_seconds:p99_5m has a value"
    assert found > 0.9, (
        f"8000 requests of 50 ms, 2000 of up to 1 s on another pod: the p99 of all is near 1 s, it is {found}"
    )
