"""From scores to decisions: alarms, concept drift, delayed labels, the quality gate, retraining."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from recsys.drift import (
    Adwin,
    Alarm,
    ColumnRule,
    DelayedLabels,
    Expectations,
    FeatureDrift,
    PageHinkley,
    ReferenceProfile,
    RetrainPolicy,
    Violation,
    alarms,
    compare,
)


def scored(p_values: list[float], psi: float = 0.5) -> list[FeatureDrift]:
    """One feature a p-value, all with the same PSI."""
    return [FeatureDrift(f"f{i}", 100_000, psi, 0.1, 0.1, p, 0.0, 0.0) for i, p in enumerate(p_values)]


def test_alarms_are_those_of_statsmodels_benjamini_hochberg() -> None:
    p_values = [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216]  # Benjamini and Hochberg's style
    rejected, corrected, *_ = multipletests(p_values, 0.05, method="fdr_bh")
    raised = {alarm.feature: alarm.p_value for alarm in alarms(scored(p_values), 100_000, level=0.05)}
    assert raised == pytest.approx({f"f{i}": corrected[i] for i in range(10) if rejected[i]})


def test_what_is_significant_but_small_raises_no_alarm_and_what_is_large_does() -> None:
    assert alarms(scored([1e-9], psi=0.05), 100_000) == []
    assert [alarm.severity for alarm in alarms(scored([1e-9], psi=0.2), 100_000)] == ["watch"]
    assert str(alarms(scored([1e-9], psi=0.3), 100_000)[0]) == "f0 drifted (PSI 0.30, corrected p = 1e-09): act"
    assert alarms([], 10) == []


def test_twenty_unchanged_features_a_day_for_a_hundred_days_stay_quiet() -> None:
    rng = np.random.default_rng(9)
    noisy = 0
    for _ in range(100):
        reference, current = ({f"f{i}": rng.normal(size=300) for i in range(20)} for _ in range(2))
        scores = compare(reference, current)
        noisy += any(drift.p_value < 0.05 for drift in scores)
        assert alarms(scores, 300) == []
    assert noisy > 40  # what uncorrected tests would have done


@given(st.lists(st.floats(0, 1), min_size=1, max_size=400))
def test_adwins_window_is_the_mean_and_spread_of_its_last_values(values: list[float]) -> None:
    detector = Adwin()
    for value in values:
        detector.update(value)
    kept = np.array(values[-detector.count :])
    assert detector.mean == pytest.approx(kept.mean(), abs=1e-9)
    assert detector._spread == pytest.approx(((kept - kept.mean()) ** 2).sum(), abs=1e-7)


def test_adwin_finds_a_change_forgets_what_was_before_and_stays_small() -> None:
    rng = np.random.default_rng(3)
    detector = Adwin()
    found = [i for i, value in enumerate((rng.random(20_000) < 0.1).astype(float)) if detector.update(value)]
    assert found == []
    assert sum(len(row.totals) for row in detector._rows) < 6 * 15
    found = [i for i, value in enumerate((rng.random(3000) < 0.3).astype(float)) if detector.update(value)]
    assert 0 < found[0] < 500
    assert detector.mean == pytest.approx(0.3, abs=0.05)


def test_adwins_false_alarms_stay_rare() -> None:
    rng = np.random.default_rng(6)
    alarmed = 0
    for _ in range(20):
        detector = Adwin(delta=0.05)
        alarmed += sum(detector.update(value) for value in rng.random(2000)) > 0
    assert alarmed <= 2


def test_page_hinkley_sees_a_rise_soon_and_a_fall_never() -> None:
    rng = np.random.default_rng(7)
    detector = PageHinkley(delta=0.05, threshold=20)
    assert sum(detector.update(value) for value in (rng.random(5000) < 0.1).astype(float)) == 0
    risen = [i for i, value in enumerate((rng.random(1000) < 0.4).astype(float)) if detector.update(value)]
    assert 20 / 0.4 < risen[0] < 200
    falling = PageHinkley(delta=0.05, threshold=20)
    assert sum(falling.update(value) for value in np.repeat([0.9, 0.1], 1000)) == 0


def test_page_hinkley_follows_its_definition() -> None:
    """Hand-computed: of 0, 0, 1, 1 at delta 0 the excess is 0, 0, 2/3, 2/3 + 1/2 above its lowest point, 0."""
    detector = PageHinkley(delta=0.0, threshold=1.1, minimum=1)
    assert [detector.update(value) for value in (0, 0, 1, 1)] == [False, False, False, True]
    assert detector.count == 0


def test_labels_are_joined_when_they_come_and_by_default_when_they_do_not() -> None:
    waiting = DelayedLabels(horizon=100, capacity=3)
    for number in range(3):
        waiting.predicted(f"p{number}", 0.8, time=10.0 * number)
    outcome = waiting.labelled("p1", 1.0, time=40.0)
    assert outcome is not None
    assert (outcome.delay, outcome.error) == (30.0, pytest.approx(0.2))
    assert waiting.labelled("p1", 1.0, time=41.0) is None
    assert waiting.matured(99.0) == []
    assert [(late.prediction_id, late.label) for late in waiting.matured(119.0)] == [("p0", 0.0)]
    for number in range(3, 7):
        waiting.predicted(f"p{number}", 0.1, time=120.0)
    assert (len(waiting), waiting.overflowed, waiting.unmatched) == (3, 2, 1)


RNG = np.random.default_rng(1)
TRAINING = {"clicks": RNG.poisson(3, 5000).astype(float), "plan": RNG.choice(["free", "pro"], 5000)}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"clicks": TRAINING["clicks"] * 1000}, "clicks: .* lie outside"),
        ({"clicks": np.where(RNG.random(5000) < 0.3, np.nan, 1.0 + RNG.random(5000))}, "clicks: .* are missing"),
        ({"clicks": np.zeros(5000)}, "clicks: every value is 0"),
        ({"plan": np.full(5000, "unknown")}, "plan: 100.0% lie outside the known categories"),
        ({"plan": None}, "plan: the column is not there"),
    ],
)
def test_the_gate_names_what_broke(change: dict[str, object], reason: str) -> None:
    gate = Expectations.from_profile(ReferenceProfile.fit(TRAINING), age=600)
    assert gate.violations(TRAINING, age=60) == []
    broken = {name: column for name, column in {**TRAINING, **change}.items() if column is not None}
    (violation,) = gate.violations(broken, age=60)
    assert re.match(reason, str(violation))


def test_the_gate_wants_enough_rows_that_are_fresh() -> None:
    gate = Expectations(rows=100, age=600, columns={"a": ColumnRule(0, 1)})
    assert [str(violation) for violation in gate.violations({"a": [0.5, 0.6]}, age=601)] == [
        "2 rows, at least 100 are expected: is a source missing?",
        "the newest row is 601 s old, at most 600 s are allowed",
    ]
    assert len(gate.violations({})) == 2


ACUTE = Alarm("clicks", "act", 0.4, 0.0)


@pytest.mark.parametrize(
    ("changes", "action"),
    [
        ({}, "retrain"),
        ({"violations": [Violation("clicks", "every value is 0")]}, "fix the data"),
        ({"alarms": []}, "wait"),
        ({"alarms": [Alarm("clicks", "watch", 0.15, 0.0)]}, "wait"),
        ({"alarms": [], "concept_drift": True}, "retrain"),
        ({"since_training": 3600.0}, "wait"),
        ({"rows": 10}, "wait"),
    ],
)
def test_retraining_needs_sound_data_a_reason_a_pause_and_rows(changes: dict[str, object], action: str) -> None:
    usual = {"violations": [], "alarms": [ACUTE], "concept_drift": False, "since_training": 1e6, "rows": 50_000}
    decision = RetrainPolicy().trigger(**{**usual, **changes})  # type: ignore[arg-type]
    assert decision.action == action
    assert decision.reason


def test_only_a_challenger_that_is_shown_to_be_better_starts_a_canary() -> None:
    rng = np.random.default_rng(2)
    champion = rng.random(2000)
    policy = RetrainPolicy()
    assert policy.judge(champion, champion + rng.normal(0.02, 0.1, 2000)).action == "start a canary"
    noise = rng.normal(0.0, 0.1, 2000)
    assert policy.judge(champion, champion + noise - noise.mean() + 0.001).action == "keep the champion"
    assert policy.judge(champion, champion - 0.1).action == "keep the champion"
    assert policy.judge(champion, champion).action == "keep the champion"
    with pytest.raises(ValueError, match="two hold-out units"):
        policy.judge([0.5], [0.6])


def test_a_worse_or_equal_challenger_is_let_through_no_oftener_than_the_interval_says() -> None:
    rng = np.random.default_rng(12)
    promoted = sum(
        RetrainPolicy().judge(np.zeros(50), rng.normal(0, 1, 50)).action == "start a canary" for _ in range(1000)
    )
    assert promoted / 1000 == pytest.approx(0.025, abs=0.015)
