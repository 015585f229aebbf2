"""Where a plan leads: one course of the days to come by the plan's own rule, with each outcome drawn by chance."""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from studyapp.domain.agenda import Agenda, Planner, Time, until
from studyapp.domain.forgetting import FIRST_GRADES, RECALLED_GRADES, Forgetting
from studyapp.domain.schedule import Grade
from studyapp.domain.selection import Standing, gain


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
    """Where the plan leads: mean recall over all prompts, never seen ones count 0; `idle` is without a review."""

    days: tuple[ProjectedDay, ...]
    at_interview: float
    idle: float


def project(
    planner: Planner, standings: Sequence[Standing], days: Sequence[int], today: int, interview: float, minutes: float
) -> Projection:
    """Follow the plan over its study days; the same input gives the same course."""
    forgetting, rng = planner.forgetting, random.Random(len(standings) * 1000 + len(days))
    current, place = list(standings), today
    projected = []
    for index, day in enumerate(days):
        current = [one.older(day - place) for one in current]
        place = day
        agenda = planner.agenda(current, Time.on(days[index:], today, interview, minutes))
        studied = {one.id for one in (*agenda.new, *agenda.reviews)}
        current = [_studied(one, forgetting, rng) if one.id in studied else one for one in current]
        projected.append(
            ProjectedDay(
                day=day,
                recall=mean_recall(current, 0.0, forgetting),
                idle=mean_recall(standings, day - today, forgetting),
                minutes=agenda.card_seconds / 60,
                unseen=sum(not one.seen for one in current),
            )
        )
    final = mean_recall(current, until(interview, place - today), forgetting)
    return Projection(tuple(projected), final, mean_recall(standings, interview, forgetting))


def gained(agenda: Agenda, days: float, forgetting: Forgetting) -> dict[str, float]:
    """By topic, how many more prompts today's session is expected to have recalled `days` from now."""
    more: dict[str, float] = defaultdict(float)
    for one in agenda.new:
        more[one.topic] += forgetting.recall_if_begun(days)
    for one in agenda.reviews:
        more[one.topic] += gain(one, days, forgetting)
    return more


def mean_recall(standings: Sequence[Standing], days: float, forgetting: Forgetting) -> float:
    """Mean recall some days from now if nothing is reviewed until then; prompts never seen count 0."""
    known = sum(forgetting.recall(one.age + days, one.stability) for one in standings if one.seen)
    return known / len(standings) if standings else 0.0


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
