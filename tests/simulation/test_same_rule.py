"""The simulated plan chooses what the planner chooses: day by day, prompt by prompt."""

import numpy as np
import pytest

from studyapp.domain.forgetting import Forgetting
from studyapp.domain.pacing import Pace, new_today, window_sessions
from studyapp.domain.schedule import MemoryModel
from studyapp.domain.selection import Horizon, Standing, chosen
from studyapp.simulation.course import NOT_TODAY, Day, Task
from studyapp.simulation.policies import InterviewPlan

FORGETTING, PACE = Forgetting(MemoryModel().parameters), Pace()
CARDS = 300


def some_day(number: int, seed: int) -> Day:
    rng = np.random.default_rng(seed)
    shape = (1, CARDS)
    last = rng.integers(0, number, shape).astype(float)
    stability, difficulty = np.exp(rng.uniform(-1, 5, shape)), rng.uniform(1, 10, shape)
    seen = rng.random(shape) < 0.8
    return Day(Task(30, 1200.0, CARDS), number, stability, difficulty, last, np.zeros(shape), seen)


def as_standings(day: Day) -> list[Standing]:
    return [
        Standing(str(n), "", str(n), day.stability[0, n], day.difficulty[0, n], day.number - day.last[0, n])
        if day.seen[0, n]
        else Standing(str(n), "", str(n))
        for n in range(CARDS)
    ]


@pytest.mark.parametrize("number", [1, 8, 20, 24, 25, 28, 29])
def test_the_same_reviews_in_the_same_order(number: int) -> None:
    day = some_day(number, seed=number)
    left = day.left
    horizon = Horizon(left, left - 1.0, float(left), 1200.0, window_sessions(CARDS, 1200.0, PACE))
    planned = [int(one.id) for one in chosen(as_standings(day), horizon, FORGETTING, PACE)]
    urgency = np.where(day.seen, InterviewPlan().urgency(day), NOT_TODAY)[0]
    order = np.argsort(-urgency, kind="stable")
    assert planned == [int(n) for n in order if urgency[n] > NOT_TODAY]
    assert planned


@pytest.mark.parametrize("number", [1, 8, 20, 28])
def test_as_many_new_ones(number: int) -> None:
    day = some_day(number, seed=number)
    unseen, window = int((~day.seen).sum()), window_sessions(CARDS, 1200.0, PACE)
    assert InterviewPlan().introduce(day)[0] == new_today(unseen, day.left, window, 1200.0, PACE)
