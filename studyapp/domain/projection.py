"""Where a plan leads: one course of the days to come by the plan's own rule, with each outcome drawn by chance."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from studyapp.domain.agenda import Planner, Time
from studyapp.domain.forgetting import FIRST_GRADES, RECALLED_GRADES, Forgetting
from studyapp.domain.schedule import Grade
from studyapp.domain.selection import Standing


@dataclass(frozen=True, slots=True)
class ProjectedDay:
    """A day to come: mean recall at its end, that without a review from now on, minutes of cards, prompts unseen."""

    day: int
    recall: float
    idle: float
    minutes: float
    unseen: int


@dataclass(frozen=True, slots=True)
class Projection:
    """Where the plan leads. Recall is the mean over all prompts, those never seen count 0; `idle` is without a review.

    `after_today` is what today's session alone makes of the recall at the interview.
    """

    days: tuple[ProjectedDay, ...]
    at_interview: float
    idle: float
    after_today: float


def project(
    planner: Planner, standings: Sequence[Standing], days: Sequence[int], today: int, interview: float, minutes: float
) -> Projection:
    """Follow the plan over its study days; the same input gives the same course."""
    forgetting, rng = planner.forgetting, random.Random(len(standings) * 1000 + len(days))
    current, place = list(standings), today
    idle, after_today = mean_recall(standings, interview, forgetting), None
    projected = []
    for index, day in enumerate(days):
        current = [_older(one, day - place) for one in current]
        place = day
        time = Time.on(days[index:], today, interview, minutes)
        agenda = planner.agenda(current, time)
        studied = {one.id for one in (*agenda.new, *agenda.reviews)}
        current = [_studied(one, forgetting, rng) if one.id in studied else one for one in current]
        if after_today is None:
            after_today = mean_recall(current, time.interview, forgetting)
        unseen = sum(not one.seen for one in current)
        still = mean_recall(standings, day - today, forgetting)
        projected.append(
            ProjectedDay(day, mean_recall(current, 0.0, forgetting), still, agenda.card_seconds / 60, unseen)
        )
    final = mean_recall(current, interview - (place - today), forgetting)
    return Projection(tuple(projected), final, idle, idle if after_today is None else after_today)


def mean_recall(standings: Sequence[Standing], days: float, forgetting: Forgetting) -> float:
    """Mean recall some days from now if nothing is reviewed until then; prompts never seen count 0."""
    known = sum(forgetting.recall(one.age + days, one.stability) for one in standings if one.seen)
    return known / len(standings) if standings else 0.0


def _older(one: Standing, days: int) -> Standing:
    return replace(one, age=one.age + days) if one.seen and days else one


def _studied(one: Standing, forgetting: Forgetting, rng: random.Random) -> Standing:
    """The prompt after a first sight or a review whose outcome is drawn."""
    if not one.seen:
        grade = rng.choices(list(FIRST_GRADES), list(FIRST_GRADES.values()))[0]
        stability, difficulty = forgetting.begun(grade)
    else:
        recall = forgetting.recall(one.age, one.stability)
        kept = rng.choices(list(RECALLED_GRADES), list(RECALLED_GRADES.values()))[0]
        grade = kept if rng.random() < recall else Grade.AGAIN
        stability, difficulty = forgetting.reviewed(one.stability, one.difficulty, recall, grade)
    return replace(one, stability=stability, difficulty=difficulty, age=0.0, wanted=False)
