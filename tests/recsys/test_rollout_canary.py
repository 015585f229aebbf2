"""Canary analysis as pure decisions: what fails, what passes, what has to wait."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.rollout import CanaryPolicy, Measurements, Progress, advance, judge, verdict

POLICY = CanaryPolicy(steps=(0.05, 0.25, 1.0), window=60, patience=600, min_requests=500, min_quality=200)


def measured(
    seed: int = 1, requests: int = 2000, errors: int = 10, slower: float = 1.0, quality: float = 0.3
) -> Measurements:
    rng = np.random.default_rng(seed)
    latencies = slower * rng.lognormal(-4, 0.5, max(0, requests - errors))
    return Measurements(requests, errors, latencies, rng.normal(quality, 0.1, requests))


STABLE = measured(seed=2)


def states(canary: Measurements, stable: Measurements = STABLE, policy: CanaryPolicy = POLICY) -> dict[str, str]:
    return {finding.check: finding.state for finding in judge(policy, stable, canary)}


def test_an_equal_version_passes_every_check() -> None:
    assert states(measured()) == {"errors": "pass", "latency": "pass", "quality": "pass"}


@pytest.mark.parametrize(
    ("fault", "check"),
    [({"errors": 100}, "errors"), ({"slower": 1.6}, "latency"), ({"quality": 0.2}, "quality")],
)
def test_each_fault_fails_its_own_check_alone(fault: dict[str, float], check: str) -> None:
    found = states(measured(**fault))  # type: ignore[arg-type]
    assert [name for name, state in found.items() if state == "fail"] == [check]


def test_too_little_traffic_waits_however_good_it_looks() -> None:
    assert set(states(measured(requests=100, errors=0)).values()) == {"wait"}
    assert set(states(Measurements(0, 0), Measurements(0, 0)).values()) == {"wait"}


def test_a_version_that_fails_every_request_is_out_long_before_the_minimum_sample() -> None:
    assert states(Measurements(15, 15))["errors"] == "fail"


def test_a_single_early_error_is_no_reason() -> None:
    assert states(measured(requests=15, errors=1))["errors"] == "wait"


def test_without_a_quality_limit_nobody_waits_for_outcomes() -> None:
    policy = replace(POLICY, max_quality_loss=None)
    no_outcomes = replace(measured(), quality=np.empty(0))
    assert "quality" not in states(no_outcomes, policy=policy)
    assert states(no_outcomes)["quality"] == "wait"


def test_equal_versions_are_rarely_thrown_out() -> None:
    rng = np.random.default_rng(5)
    failed = []
    for _ in range(400):
        stable, canary = (
            Measurements(1000, int(rng.binomial(1000, 0.01)), rng.lognormal(-4, 0.5, 1000), rng.normal(0.3, 0.1, 1000))
            for _ in range(2)
        )
        failed.append(verdict(judge(POLICY, stable, canary)) == "fail")
    assert np.mean(failed) < 0.01


def run(state_by_minute: list[str]) -> list[tuple[int, str]]:
    progress, seen = Progress(0, 0.0), []
    for minute, state in enumerate(state_by_minute, start=1):
        progress = advance(POLICY, progress, state, 60.0 * minute)  # type: ignore[arg-type]
        seen.append((progress.step, progress.outcome))
    return seen


def test_it_steps_up_and_is_promoted() -> None:
    assert run(["pass"] * 3) == [(1, "running"), (2, "running"), (2, "promoted")]


def test_a_failure_rolls_back_at_once_and_for_good() -> None:
    assert run(["pass", "fail", "pass"]) == [(1, "running"), (1, "rolled back"), (1, "rolled back")]
    assert advance(POLICY, Progress(0, 0.0), "fail", 1.0).outcome == "rolled back"


def test_a_pass_before_the_window_is_over_changes_nothing() -> None:
    assert advance(POLICY, Progress(0, 0.0), "pass", 59.9) == Progress(0, 0.0)


def test_patience_runs_out() -> None:
    assert run(["wait"] * 9)[-1] == (0, "running")
    assert run(["wait"] * 10)[-1] == (0, "rolled back")


@given(st.lists(st.sampled_from(["pass", "wait", "fail"]), max_size=30))
def test_a_canary_never_goes_on_after_a_failure_and_never_skips_a_step(answers: list[str]) -> None:
    seen = [(0, "running"), *run(answers)]
    for (step, outcome), (following, after), answer in zip(seen, seen[1:], answers, strict=False):
        assert following - step in (0, 1)
        assert outcome == "running" or (following, after) == (step, outcome)
        assert answer != "fail" or after != "running"
        assert after != "promoted" or step == len(POLICY.steps) - 1


@pytest.mark.parametrize("steps", [(), (0.5, 0.1), (0.0, 0.5), (0.5, 1.5), (0.1, 0.1)])
def test_steps_must_rise(steps: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="steps must rise"):
        CanaryPolicy(steps=steps)


def test_patience_is_at_least_a_window() -> None:
    with pytest.raises(ValueError, match="patience"):
        CanaryPolicy(window=60, patience=30)
