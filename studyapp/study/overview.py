"""What the home screen and `studyapp topics` say: each topic's state, what today asks for, the streak."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from studyapp.domain import queue
from studyapp.domain.cards import Prompt
from studyapp.domain.labs import LabProgress
from studyapp.domain.queue import DayDone, Moment
from studyapp.domain.review import PromptState
from studyapp.domain.topics import Topic
from studyapp.study import planning
from studyapp.study.day import day_done
from studyapp.study.lab_progress import progress
from studyapp.study.quizzing import last_shares
from studyapp.study.study import Study

_NEVER = PromptState()


@dataclass(frozen=True, slots=True)
class TopicRow:
    """One topic's numbers. `recall` and `mastery` are shares, 0 to 1: what is not seen, or not answered, counts 0.

    `lab_state` is None where the topic has no lab.
    """

    topic: Topic
    due: int
    new: int
    recall: float
    mastery: float
    lab_state: LabProgress | None = None


@dataclass(frozen=True, slots=True)
class Today:
    """What today still asks for, and what it already holds."""

    due: int
    new: int
    reviewed: int
    introduced: int
    streak: int
    studied_today: bool


def topic_rows(study: Study) -> list[TopicRow]:
    """Every topic in its order."""
    states = study.progress.states()
    shares = {id_: share for id_, (_, share) in last_shares(study).items()}
    moment = study.moment()
    labs = progress(study)
    by_topic: dict[str, list[Prompt]] = {slug: [] for slug in study.library.topics}
    for prompt in study.library.prompts.values():
        by_topic[prompt.topic].append(prompt)
    return [
        replace(_row(study, topic, by_topic[topic.slug], states, shares, moment), lab_state=labs.get(topic.lab))
        for topic in study.library.topics.values()
    ]


def today(study: Study, rows: list[TopicRow]) -> Today:
    """What is left of today, by the plan or within the day's limits, and the streak of days."""
    done = day_done(study)
    days = study_days(study)
    due, new = _left(study, rows, done)
    return Today(
        due=due,
        new=new,
        reviewed=done.reviewed,
        introduced=done.introduced,
        streak=_streak(days, study.clock.today()),
        studied_today=study.clock.today() in days,
    )


def _left(study: Study, rows: list[TopicRow], done: DayDone) -> tuple[int, int]:
    """How many reviews and new prompts today still asks for."""
    planned = planning.situation(study)
    if planned is not None:
        agenda = planned.agenda()
        return len(planned.steps) + len(agenda.reviews), len(agenda.new)
    limits = planning.limits(study)
    due = min(sum(row.due for row in rows), max(0, limits.reviews - done.reviewed))
    return due, min(sum(row.new for row in rows), max(0, limits.new - done.introduced))


def study_days(study: Study) -> set[int]:
    """The study days on which anything was reviewed or answered."""
    return {study.clock.day(at) for at in study.progress.active_quarters()}


def orphans(study: Study) -> list[str]:
    """Prompts that were reviewed but are no longer in the content, though their ids were not retired."""
    return sorted(id_ for id_ in study.progress.states() if not study.library.knows(id_))


def as_json(rows: list[TopicRow]) -> list[dict[str, object]]:
    """The documented JSON of `topics --json`."""
    return [
        {
            "slug": row.topic.slug,
            "title": row.topic.title,
            "cards": len(row.topic.cards),
            "questions": len(row.topic.questions),
            "interview": len(row.topic.interviews),
            "lab": row.topic.lab,
            "due": row.due,
            "new": row.new,
            "recall": round(row.recall, 4),
            "mastery": round(row.mastery, 4),
        }
        for row in rows
    ]


def _row(
    study: Study,
    topic: Topic,
    prompts: list[Prompt],
    states: Mapping[str, PromptState],
    shares: Mapping[str, float],
    moment: Moment,
) -> TopicRow:
    seen = [states.get(prompt.id, _NEVER) for prompt in prompts]
    recall = sum(study.model.retrievability(state.memory, moment.now) for state in seen)
    mastery = sum(shares.get(question.id, 0.0) for question in topic.questions)
    return TopicRow(
        topic=topic,
        due=sum(queue.is_due(state, moment) for state in seen),
        new=sum(state.new and queue.available(state, moment) for state in seen),
        recall=recall / len(seen) if seen else 0.0,
        mastery=mastery / len(topic.questions) if topic.questions else 0.0,
    )


def _streak(days: set[int], today: int) -> int:
    """Days in a row up to today, or up to yesterday while today has not begun."""
    last = today if today in days else today - 1
    length = 0
    while last - length in days:
        length += 1
    return length
