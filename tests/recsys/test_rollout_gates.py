"""The gates before traffic: data validation, champion against challenger, and the order in which they run."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from recsys.drift.quality import ColumnRule, Expectations
from recsys.rollout import AuditTrail, TrainingRules, challenge, run_gates, validate

NOW = 1_000_000.0
RULES = TrainingRules(
    Expectations(rows=3, age=3600, columns={"rating": ColumnRule(0, 5, missing=0.1, outside=0.0)}),
    ids=("user", "timestamp"),
    time="timestamp",
)


def table(**changes: list[object]) -> dict[str, np.ndarray]:
    columns: dict[str, list[object]] = {
        "user": ["a", "b", "c", "d"],
        "rating": [1.0, 5.0, 0.0, 3.0],
        "timestamp": [NOW - 60, NOW - 50, NOW - 40, NOW - 30],
    }
    return {name: np.array(values) for name, values in (columns | changes).items()}


def problems(rows_before: int | None = None, **changes: list[object]) -> list[str]:
    return validate(table(**changes), RULES, now=NOW, rows_before=rows_before)


def test_sound_data_passes() -> None:
    assert problems(rows_before=4) == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rating": [1.0, math.nan, 0.0, 3.0]}, "rating: 25.0% are missing"),
        ({"rating": [1.0, 5.0, 0.0, 50.0]}, "rating: 25.0% lie outside 0 to 5"),
        ({"user": ["a", "", "c", "d"]}, "user: 1 rows have none"),
        ({"user": ["a", None, "c", "d"]}, "user: 1 rows have none"),
        ({"user": ["a"] * 4, "timestamp": [NOW, NOW, NOW, NOW - 1]}, "2 rows repeat another row's user, timestamp"),
        ({"timestamp": [NOW - 9000 - i for i in range(4)]}, "the newest row is 9000 s old"),
        ({"timestamp": [NOW + i for i in range(4)]}, "timestamp: 3 rows from the future; check clock and time zone"),
        ({"user": ["a"]}, "the columns differ in length"),
    ],
)
def test_each_fault_is_found_and_named_alone(changes: dict[str, list[object]], message: str) -> None:
    (problem,) = problems(**changes)
    assert message in problem


def test_a_missing_column_and_too_few_rows_are_found() -> None:
    short = {name: values[:2] for name, values in table().items()}
    assert "2 rows, at least 3" in validate(short, RULES, now=NOW)[0]
    del short["rating"]
    assert validate(short, RULES, now=NOW) == ["rating: the column is not there"]
    assert "0 rows, at least 3" in validate({n: v[:0] for n, v in table().items()}, RULES, now=NOW)[0]


@pytest.mark.parametrize("before", [2, 9])
def test_twice_or_half_the_rows_of_last_time_is_suspicious(before: int) -> None:
    assert "did a job run twice" in problems(rows_before=before)[0]


def test_a_few_repeated_rows_are_a_retry_and_no_fault() -> None:
    users = [f"u{i}" for i in range(199)]
    big = {"user": [*users, "u0"], "rating": [float(i % 5) for i in range(200)], "timestamp": [NOW - 5] * 200}
    assert problems(**big) == []


def ranked(seed: int, users: int, gain: float) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    easy = rng.beta(2, 5, users)  # what makes a user easy is the same for both models
    return easy + rng.normal(0, 0.02, users), easy + gain + rng.normal(0, 0.02, users)


@given(st.integers(0, 1000), st.integers(2, 300), st.sampled_from([0.8, 0.95, 0.99]))
def test_the_interval_is_that_of_a_paired_t_test(seed: int, users: int, confidence: float) -> None:
    champion, challenger = ranked(seed, users, 0.01)
    ours = challenge(champion, challenger, confidence=confidence)
    theirs = stats.ttest_rel(challenger, champion).confidence_interval(confidence)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high))


@pytest.mark.parametrize(
    ("gain", "margin", "decision", "passes"),
    [
        (0.01, 0.0, "better", True),
        (-0.01, 0.0, "worse", False),
        (-0.002, 0.01, "not worse", True),
        (0.0, 0.0, "unsure", False),
    ],
)
def test_the_decision_follows_from_the_interval(gain: float, margin: float, decision: str, passes: bool) -> None:
    result = challenge(*ranked(3, 2000, gain), margin=margin)
    assert (result.decision, result.passes) == (decision, passes)


def test_pairing_sees_what_two_averages_do_not() -> None:
    champion, challenger = ranked(5, 400, 0.005)
    assert challenge(champion, challenger).decision == "better"
    assert stats.ttest_ind(challenger, champion).pvalue > 0.3


def test_a_better_mean_does_not_hide_a_broken_tenant() -> None:
    champion, challenger = ranked(7, 2000, 0.02)
    tenants = np.array(["acme"] * 1800 + ["globex"] * 200)
    challenger[1800:] -= 0.08
    result = challenge(champion, challenger, segments=tenants)
    assert result.difference > 0
    assert result.decision == "worse"
    assert any(reason.startswith("globex: worse by 0.0") for reason in result.reasons)


def test_twenty_equal_tenants_do_not_cry_wolf() -> None:
    tenants = np.repeat(np.arange(20), 150)
    wrong = [challenge(*ranked(seed, 3000, 0.0), segments=tenants).decision == "worse" for seed in range(200)]
    assert np.mean(wrong) < 0.08


def test_models_must_be_compared_on_the_same_users() -> None:
    with pytest.raises(ValueError, match="same users"):
        challenge([0.1, 0.2], [0.1])


def test_gates_stop_at_the_first_failure_and_a_crash_is_one(tmp_path: Path) -> None:
    ran: list[str] = []
    audit = AuditTrail(tmp_path / "audit.jsonl", clock=lambda: NOW)

    def gate(name: str, result: list[str]) -> list[str]:
        ran.append(name)
        return result

    assert run_gates({"data": lambda: gate("data", []), "train": lambda: gate("train", [])}, audit) is None
    failed = run_gates({"data": lambda: gate("data", ["no rows"]), "train": lambda: gate("never", [])}, audit)
    assert failed == "data"
    assert run_gates({"train": lambda: [str(1 / 0)]}, audit) == "train"
    assert ran == ["data", "train", "data"]
    last = audit.entries()[-1]
    assert last.details["passed"] is False
    assert "ZeroDivisionError" in str(last.details["problems"])
