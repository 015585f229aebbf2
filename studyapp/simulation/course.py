"""A course of study up to the interview, many runs at once: each day a policy chooses, and chance decides."""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from studyapp.domain.pacing import Pace
from studyapp.simulation import memory
from studyapp.simulation.learners import Learner
from studyapp.simulation.memory import Floats, Ints

NOT_TODAY = -np.inf
NEW_FIRST = 1e9
AFTER_DAYS = 30


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be learnt in which time: days of study, the interview on the day after; seconds of each for cards."""

    days: int
    seconds: float
    cards: int
    pace: Pace = field(default_factory=Pace)


@dataclass(slots=True)
class Day:
    """What a policy sees on day `number` (from 0); arrays of runs x cards, ages in days."""

    task: Task
    number: int
    stability: Floats
    difficulty: Floats
    last: Floats
    due: Floats
    seen: NDArray[np.bool_]

    @property
    def left(self) -> int:
        """Days of study left with this one, which are also the days until the interview."""
        return self.task.days - self.number

    @property
    def age(self) -> Floats:
        return np.where(self.seen, self.number - self.last, 1.0)

    @property
    def recall(self) -> Floats:
        """The model's probability of recall now, for seen cards."""
        return memory.recall(self.age, self.stability)


class Policy(Protocol):
    """Decides what is studied."""

    def introduce(self, day: Day) -> Ints:
        """New cards for today, for each run; they come before the reviews."""

    def urgency(self, day: Day) -> Floats:
        """The order of the seen cards, the greatest first; NOT_TODAY for those to be left alone."""

    def interval(self, day: Day) -> Floats:
        """Days until a card that is reviewed today falls due."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a course came to, the mean of all runs; recall and shares 0 to 1."""

    recall: float
    tenth_percentile: float
    minutes: float
    worst_day_minutes: float
    recall_on_the_way: float
    recall_after: float
    seen: float


def run(policy: Policy, task: Task, learner: Learner, runs: int, rng: np.random.Generator) -> Outcome:
    """Simulate `runs` courses of one learner."""
    shape = (runs, task.cards)
    day = Day(task, 0, np.ones(shape), np.ones(shape), np.zeros(shape), np.zeros(shape), np.zeros(shape, bool))
    spent, way = np.zeros((runs, task.days)), np.zeros(task.days)
    for number in range(task.days):
        day.number = number
        spent[:, number] = _study(policy, day, learner, rng)
        way[number] = np.mean(_known(day, learner, number + 0.5))
    known = _known(day, learner, task.days)
    return Outcome(
        recall=float(known.mean()),
        tenth_percentile=float(np.quantile(known, 0.1, axis=1).mean()),
        minutes=float(spent.sum(axis=1).mean() / 60),
        worst_day_minutes=float(spent.max(axis=1).mean() / 60),
        recall_on_the_way=float(way.mean()),
        recall_after=float(_known(day, learner, task.days + AFTER_DAYS).mean()),
        seen=float(day.seen.mean()),
    )


def _known(day: Day, learner: Learner, at: float) -> Floats:
    """True recall at a moment; what was never seen counts nothing."""
    return learner.recall(at - day.last, day.stability) * day.seen


def _study(policy: Policy, day: Day, learner: Learner, rng: np.random.Generator) -> Floats:
    """One day's session: brings `day` up to date; seconds spent in each run."""
    shape = day.seen.shape
    unseen_place = np.cumsum(~day.seen, axis=1)
    fresh = ~day.seen & (unseen_place <= policy.introduce(day)[:, None])
    urgency = np.where(day.seen, policy.urgency(day), np.where(fresh, NEW_FIRST, NOT_TODAY))
    recalled = rng.random(shape) < learner.recall(day.age, day.stability)
    kept = rng.choice(np.arange(2, 5), p=memory.RECALLED, size=shape)
    first = rng.choice(np.arange(1, 5), p=memory.FIRST, size=shape)
    pace = day.task.pace
    cost = np.where(fresh, pace.new, np.where(recalled, pace.recalled, pace.forgotten))
    done, seconds = _within(urgency, cost, day.task)
    after = memory.reviewed(day.stability, day.difficulty, day.recall, np.where(recalled, kept, 1))
    stability, difficulty = (np.where(fresh, new, old) for new, old in zip(memory.begun(first), after, strict=True))
    day.stability = np.where(done, stability, day.stability)
    day.difficulty = np.where(done, difficulty, day.difficulty)
    day.last = np.where(done, day.number, day.last)
    day.seen = day.seen | done
    day.due = np.where(done, day.number + policy.interval(day), day.due)
    return seconds


def _within(urgency: Floats, cost: Floats, task: Task) -> tuple[NDArray[np.bool_], Floats]:
    """Which cards are studied in order of urgency while a review's time is left, and the seconds that took."""
    order = np.argsort(-urgency, axis=1, kind="stable")
    wanted = np.take_along_axis(urgency, order, axis=1) > NOT_TODAY
    costs = np.take_along_axis(cost, order, axis=1) * wanted
    begins = np.cumsum(costs, axis=1) - costs
    fits = wanted & (begins + task.pace.review <= task.seconds)
    done = np.zeros(urgency.shape, bool)
    np.put_along_axis(done, order, fits, axis=1)
    return done, (costs * fits).sum(axis=1)
