"""Step 6: fail once harm is shown, pass with the least sample, wait otherwise."""

from dataclasses import replace

import numpy as np
import pytest

from recsys.rollout.canary import CanaryPolicy, Finding, judge, verdict
from recsys.rollout.measurement import Measurements

POLICY = CanaryPolicy(min_requests=500, min_quality=200)


@pytest.fixture
def states(measured):
    """The state of each check, for a canary beside a stable version of 2000 requests."""
    stable = measured(seed=2)

    def judged(canary, policy=POLICY, stable=stable):
        return {finding.check: finding.state for finding in judge(policy, stable, canary)}

    return judged


def test_an_equal_version_passes(states, measured):
    assert states(measured()) == {"errors": "pass", "latency": "pass", "quality": "pass"}, (
        "an equal version, 2000 requests"
    )


@pytest.mark.parametrize(
    ("fault", "check", "done"),
    [
        ({"errors": 100}, "errors", "5 % errors against 0.5 %, 0.5 points more are tolerated"),
        ({"slower": 1.6}, "latency", "1.6 times as slow, a factor of 1.25 is tolerated"),
        ({"quality": 0.2}, "quality", "a quality of 0.2 against 0.3, 5 % less are tolerated"),
    ],
)
def test_each_fault_fails_its_own_check(states, measured, fault, check, done):
    failed = [name for name, state in states(measured(**fault)).items() if state == "fail"]
    assert failed == [check], f"the checks that fail: {done}"


def test_slower_within_the_factor_is_tolerated(states, measured):
    assert states(measured(slower=1.05))["latency"] == "pass", "1.05 times as slow, a factor of 1.25 is tolerated"


def test_little_traffic_is_no_verdict(states, measured):
    found = states(measured(requests=100, errors=0))
    assert set(found.values()) == {"wait"}, "100 sound requests, where 500 are the least sample"


def test_no_traffic_is_no_verdict(states):
    none = Measurements(0, 0)
    assert set(states(none).values()) == {"wait"}, "a canary that nobody asked: 0/0 is neither good nor bad"
    assert set(states(none, stable=none).values()) == {"wait"}, "two versions that nobody asked"


def test_a_dead_version_is_out_long_before_the_least_sample(states):
    assert states(Measurements(15, 15))["errors"] == "fail", "15 requests, all failed, where 500 are the least sample"


def test_one_early_error_is_no_reason(states, measured):
    assert states(measured(requests=15, errors=1))["errors"] == "wait", "1 of the first 15 requests failed"


def test_a_difference_that_chance_makes_is_no_harm(states, measured):
    found = states(measured(requests=500, errors=8))["errors"]
    assert found == "wait", "1.6 % of 500 against 0.5 %: above the limit of +0.5 points, and not shown to be"


def test_a_slow_start_of_a_few_requests_is_no_harm(states, measured):
    few = replace(measured(seed=2), latencies=np.full(3, 0.01))
    found = states(Measurements(3, 0, np.full(3, 9.0)), stable=replace(few, requests=3, errors=0))["latency"]
    assert found == "wait", "three slow answers against a p95 that comes of three: latency"


def test_without_outcomes_quality_waits(states, measured):
    found = states(replace(measured(), quality=np.empty(0)))
    assert found == {"errors": "pass", "latency": "pass", "quality": "wait"}, "2000 requests without a known outcome"
    few = states(replace(measured(), quality=np.array([0.0, 0.1, 0.0, 0.1])))
    assert few["quality"] == "wait", "four poor outcomes, where 200 are the least sample"


def test_without_a_limit_quality_is_not_looked_at(states, measured):
    found = states(measured(), policy=replace(POLICY, max_quality_loss=None))
    assert list(found) == ["errors", "latency"], "the checks of a policy without a limit on the loss of quality"


def test_an_equal_version_is_rarely_thrown_out():
    rng, failed = np.random.default_rng(5), 0
    for _ in range(200):
        stable, canary = (
            Measurements(1000, int(rng.binomial(1000, 0.02)), rng.lognormal(-4, 0.5, 1000), rng.normal(0.3, 0.1, 1000))
            for _ in range(2)
        )
        failed += any(finding.state == "fail" for finding in judge(POLICY, stable, canary))
    assert failed <= 4, f"equal versions with 2 % errors, 200 trials of 1000 requests: {failed} were thrown out"


def test_reasons_have_numbers(states, measured):
    reasons = [finding.reason for finding in judge(POLICY, measured(seed=2), measured(errors=100))]
    assert all(any(sign.isdigit() for sign in reason) for reason in reasons), f"each reason has its numbers: {reasons}"


@pytest.mark.parametrize(
    ("states_", "worst"),
    [(["pass", "pass"], "pass"), (["pass", "wait"], "wait"), (["wait", "fail"], "fail"), (["fail", "pass"], "fail")],
)
def test_the_worst_finding_is_the_verdict(states_, worst):
    assert verdict([Finding("x", state, "") for state in states_]) == worst, f"the verdict of {' and '.join(states_)}"
