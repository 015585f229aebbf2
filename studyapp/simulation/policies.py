"""Ways to study towards a date: the plan's rule, and what it is compared with."""

from dataclasses import dataclass, field

import numpy as np

from studyapp.domain.pacing import new_today, window_sessions
from studyapp.domain.selection import PRICE, WAY_RECALL, lasting
from studyapp.simulation import memory
from studyapp.simulation.course import NOT_TODAY, Day
from studyapp.simulation.memory import Floats, Ints


@dataclass(frozen=True, slots=True)
class Introductions:
    """Evenly many new cards a day, all seen after `days`."""

    days: int

    def introduce(self, day: Day) -> Ints:
        """New cards for today."""
        return np.full(len(day.seen), -(-day.task.cards // self.days))


@dataclass(frozen=True, slots=True)
class FixedRetention:
    """A card comes back when its recall has fallen to `retention`, whatever the date."""

    retention: float
    pacing: Introductions

    def introduce(self, day: Day) -> Ints:
        return self.pacing.introduce(day)

    def urgency(self, day: Day) -> Floats:
        return np.where(day.due <= day.number, -day.recall, NOT_TODAY)

    def interval(self, day: Day) -> Floats:
        return memory.interval(day.stability, self.retention)


@dataclass(frozen=True, slots=True)
class CappedInterval(FixedRetention):
    """Fixed retention, but no interval reaches beyond the last day of study."""

    def interval(self, day: Day) -> Floats:
        return np.maximum(1.0, np.minimum(memory.interval(day.stability, self.retention), day.left - 1))


@dataclass(frozen=True, slots=True)
class LastDays(FixedRetention):
    """Fixed retention, and in the last `days` every card once more, evenly many a day."""

    days: int = 3

    def urgency(self, day: Day) -> Floats:
        ordinary = np.where(day.due <= day.number, -day.recall, NOT_TODAY)
        if day.left > self.days:
            return ordinary
        waiting = day.seen & (day.last < day.task.days - self.days)
        share = np.ceil(waiting.sum(axis=1, keepdims=True) / day.left)
        turn = waiting & (np.cumsum(waiting, axis=1) <= share)
        return np.where(turn, 1 - day.recall, ordinary)


@dataclass(frozen=True, slots=True)
class InterviewPlan:
    """The rule of `domain.selection` and `domain.pacing` over arrays."""

    lasts: float | None = field(default=None)  # instead of the rule's own, for the search

    def introduce(self, day: Day) -> Ints:
        """New cards for today, by the planner's own arithmetic."""
        task, window = day.task, self.window(day)
        unseen = (~day.seen).sum(axis=1)
        return np.array([new_today(int(n), day.left, window, task.seconds, task.pace) for n in unseen])

    def urgency(self, day: Day) -> Floats:
        return self._final(day) if day.left <= self.window(day) else self._on_the_way(day)

    def interval(self, day: Day) -> Floats:
        """Not used: the plan looks at recall, not at due dates."""
        return np.ones_like(day.stability)

    def window(self, day: Day) -> int:
        return window_sessions(day.task.cards, day.task.seconds, day.task.pace)

    def _on_the_way(self, day: Day) -> Floats:
        floor = lasting(self.window(day)) if self.lasts is None else self.lasts
        lasts = memory.recall(day.age + day.left - 1, day.stability) >= floor
        return np.where((day.recall <= WAY_RECALL) & ~lasts, -day.recall, NOT_TODAY)

    def _final(self, day: Day) -> Floats:
        pace = day.task.pace
        seconds = day.recall * pace.recalled + (1 - day.recall) * pace.forgotten
        worth = memory.gain(day.stability, day.difficulty, day.age, day.left) / seconds
        return np.where(worth > PRICE, worth, NOT_TODAY)
