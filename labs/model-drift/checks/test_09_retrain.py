"""Step 9: when to train, and what may replace the champion."""

import numpy as np
import pytest

from recsys.drift.alarms import Alarm
from recsys.drift.quality import Violation
from recsys.drift.retrain import RetrainPolicy

HOUR = 3600.0
ACT, WATCH = Alarm("minutes", "act", 0.4, 1e-6), Alarm("plan", "watch", 0.12, 1e-4)
POLICY = RetrainPolicy(cool_down=24 * HOUR, rows=10_000)


def decided(policy=POLICY, **changed):
    asked = {"violations": [], "alarms": [], "concept_drift": False, "since_training": 48 * HOUR, "rows": 20_000}
    return policy.trigger(**{**asked, **changed}).action


def units(gain, count=400, seed=4, noise=0.05):
    """Metric of the same hold-out users by champion and challenger, the latter better by `gain` on average."""
    draw = np.random.default_rng(seed)
    champion = draw.beta(2, 3, count)
    difference = draw.normal(0, noise, count)
    return champion, champion + difference - difference.mean() + gain


def judged(gain, policy=POLICY, **more):
    return policy.judge(*units(gain, **more)).action


def test_quiet_days():
    assert decided() == "wait", "no drift, no rise of errors"
    assert decided(alarms=[WATCH]) == "wait", "drift to watch is no reason to train"


def test_reasons():
    assert decided(alarms=[WATCH, ACT]) == "retrain", "drift to act on, two days after the last training, 20,000 rows"
    assert decided(concept_drift=True) == "retrain", "errors rose though no input drifted"


def test_broken_data_stop_everything():
    bug = [Violation("minutes", "in milliseconds")]
    got = decided(violations=bug, alarms=[ACT], concept_drift=True)
    assert got == "fix the data", "alarms, and data that fail the quality gate: a model would learn the bug"
    assert decided(violations=bug) == "fix the data", "no alarm, and data that fail the gate"


def test_cool_down():
    assert decided(alarms=[ACT], since_training=23.9 * HOUR) == "wait", "drift 23.9 h after a training, cool-down 24 h"
    assert decided(alarms=[ACT], since_training=24 * HOUR) == "retrain", "drift 24 h after a training"


def test_enough_rows():
    assert decided(alarms=[ACT], rows=9_999) == "wait", "drift and 9,999 fresh labelled rows of 10,000"
    assert decided(alarms=[ACT], rows=10_000) == "retrain", "drift and 10,000 fresh labelled rows"


def test_every_decision_has_a_reason():
    reason = POLICY.trigger(
        violations=[], alarms=[ACT], concept_drift=False, since_training=48 * HOUR, rows=20_000
    ).reason
    assert "minutes" in reason, f"the reason to retrain names the feature that drifted; it was: {reason!r}"


def test_a_better_challenger_goes_to_a_canary():
    assert judged(0.02) == "start a canary", (
        "better by 0.02 on 400 users, each +- 0.05: not promoted, but allowed to try"
    )


def test_a_worse_challenger_never():
    assert judged(-0.02) == "keep the champion", "worse by 0.02 on 400 users"


def test_a_tie_keeps_what_is_known():
    assert judged(0.0) == "keep the champion", "as good as the champion: not worse is not better"
    assert judged(0.003) == "keep the champion", "better by 0.003 +- 0.0049: not shown"


def test_the_users_are_paired():
    assert judged(0.006) == "start a canary", "better by 0.006 +- 0.0049, user by user (unpaired it would be +- 0.03)"


def test_the_margin():
    strict = RetrainPolicy(margin=0.02)
    assert judged(0.022, strict) == "keep the champion", (
        "better by 0.022 +- 0.005, margin 0.02: the whole interval must pass"
    )
    assert judged(0.03, strict) == "start a canary", "better by 0.03 +- 0.005, margin 0.02"


def test_few_users_need_a_wider_interval():
    # scipy.stats.t.ppf(0.975, 4) = 2.776, scipy.stats.norm.ppf(0.975) = 1.960 standard errors
    champion = np.array([0.40, 0.50, 0.30, 0.60, 0.20])
    challenger = champion + np.array([0.01, 0.03, 0.05, 0.00, 0.06])  # 0.030 +- 0.032 by t, +- 0.022 by the normal
    assert POLICY.judge(champion, challenger).action == "keep the champion", (
        "five users: their spread is an estimate too"
    )


@pytest.mark.parametrize(("champion", "challenger"), [([0.5], [0.6]), ([0.5, 0.4], [0.6, 0.5, 0.7])])
def test_what_cannot_be_judged(champion, challenger):
    try:
        POLICY.judge(champion, challenger)
    except ValueError:
        return
    pytest.fail(f"judging {len(champion)} against {len(challenger)} users is to raise ValueError")
