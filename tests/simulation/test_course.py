"""Courses, their measures, the bound, and the figures that `docs/interview-plan.md` states."""

import re
from pathlib import Path

import numpy as np
import pytest

from studyapp.domain.pacing import Pace
from studyapp.simulation import memory
from studyapp.simulation.__main__ import row
from studyapp.simulation.bound import best_courses
from studyapp.simulation.compare import Comparison, compare, minutes_for, recall_at
from studyapp.simulation.course import Outcome, Task, run
from studyapp.simulation.learners import LEARNERS
from studyapp.simulation.policies import CappedInterval, FixedRetention, InterviewPlan, Introductions, LastDays

DOCS = Path(__file__).parents[2] / "docs" / "interview-plan.md"
TASK = Task(14, 1200.0, 60)


def outcome(policy: object, task: Task = TASK, learner: str = "model", seed: int = 1) -> Outcome:
    return run(policy, task, LEARNERS[learner], 8, np.random.default_rng(seed))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def headline() -> Comparison:
    return compare(Task(30, 1200.0, 200), LEARNERS["model"], 16, 1)


def test_one_card_seen_on_the_first_day_fades_as_the_model_says() -> None:
    once = run(
        FixedRetention(0.01, Introductions(1)), Task(2, 60.0, 1), LEARNERS["model"], 20_000, np.random.default_rng(5)
    )
    stability, _ = memory.begun(np.arange(1, 5))
    assert once.recall == pytest.approx(
        float((memory.recall(np.array(2.0), stability) * memory.FIRST).sum()), abs=0.003
    )
    assert once.minutes == pytest.approx(22 / 60)


def test_the_same_seed_gives_the_same_course() -> None:
    assert outcome(InterviewPlan()) == outcome(InterviewPlan())
    assert outcome(InterviewPlan()) != outcome(InterviewPlan(), seed=2)


def test_a_higher_retention_costs_minutes_and_gains_recall() -> None:
    low, high = (outcome(FixedRetention(retention, Introductions(10))) for retention in (0.7, 0.95))
    assert high.recall > low.recall
    assert high.minutes > low.minutes


def test_no_day_holds_more_than_its_minutes() -> None:
    tight = outcome(FixedRetention(0.95, Introductions(5)), Task(14, 240.0, 60))
    assert tight.worst_day_minutes <= (240 + Pace().forgotten) / 60


def test_a_weaker_memory_recalls_less_and_a_stronger_more() -> None:
    weak, model, strong = (outcome(InterviewPlan(), learner=name).recall for name in ("weak", "model", "strong"))
    assert weak < model < strong


def test_every_card_is_seen_in_the_last_three_days() -> None:
    pacing = Introductions(5)
    once, plain = (outcome(policy).recall for policy in (LastDays(0.7, pacing), FixedRetention(0.7, pacing)))
    assert once > plain + 0.02
    assert outcome(CappedInterval(0.7, pacing)).recall > plain


def test_nothing_exceeds_the_bound(headline: Comparison) -> None:
    assert headline.plan.recall <= headline.bound <= headline.plan.recall + 0.01
    courses = sorted(best_courses(30, 200, LEARNERS["model"], Pace()))
    hull = np.array([courses[index] for index in range(len(courses))])
    for rival in headline.rivals.values():
        assert rival.ordinary.recall <= recall_at(hull, rival.ordinary.minutes) + 0.005


def test_the_plan_gains_what_is_claimed_of_it(headline: Comparison) -> None:
    assert headline.gain_at_equal_minutes > 0.05
    assert headline.after_difference > -0.02
    assert all(rival.gain > 0 for rival in headline.rivals.values())


def test_the_documented_row_is_what_the_simulation_says(headline: Comparison) -> None:
    stated = next(line for line in DOCS.read_text("utf-8").splitlines() if line.startswith("| 30 | 20 | model |"))
    for said, now in zip(_numbers(stated), _numbers(row(headline)), strict=True):
        assert said == pytest.approx(now, abs=2.0)


def test_equal_minutes_and_equal_recall_are_read_off_the_same_line() -> None:
    line = np.array([[100.0, 0.8], [200.0, 0.9]])
    assert recall_at(line, 150) == pytest.approx(0.85)
    assert minutes_for(line, 0.85) == pytest.approx(150)
    assert minutes_for(line, 0.95) is None


def _numbers(line: str) -> list[float]:
    return [float(number) for number in re.findall(r"[-+]?\d+(?:\.\d+)?", line)]
