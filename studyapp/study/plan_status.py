"""Everything there is to say of the plan today: the agenda, what the time allows, where it leads, readiness."""

from dataclasses import dataclass
from datetime import date

from studyapp.domain.agenda import Agenda, Promise
from studyapp.domain.projection import Projection, project
from studyapp.domain.readiness import LABS, QUIZ, Readiness
from studyapp.study import planning, readiness
from studyapp.study.planning import Situation
from studyapp.study.readiness import Ready
from studyapp.study.study import Study

QUIZ_TOPICS = 3


@dataclass(frozen=True, slots=True)
class Status:
    """The plan today.

    `left_out` is where it leads when today is left out; `quiz_topics` are where questions gain most, `lab` is the one
    to go on with; or empty.
    """

    situation: Situation
    agenda: Agenda
    promise: Promise
    projection: Projection
    left_out: Projection
    ready: Ready
    missed: int
    quiz_topics: tuple[str, ...]
    lab: str


def status(study: Study) -> Status | None:
    """The plan today; None when there is none. Takes some tenths of a second with thousands of prompts."""
    now = planning.situation(study)
    if now is None:
        return None
    agenda = now.agenda()
    ready = readiness.gather(study, now.standings, now.interview, agenda, now.plan.weights)
    later = [day for day in now.days if day > now.today]
    return Status(
        situation=now,
        agenda=agenda,
        promise=now.planner.promise(now.standings, now.time),
        projection=_course(now, now.days),
        left_out=_course(now, later),
        ready=ready,
        missed=_missed(study, now),
        quiz_topics=tuple(_lacking(ready, QUIZ, now)[:QUIZ_TOPICS]) if agenda.questions else (),
        lab=_lab(study, ready, now) if agenda.lab_minutes else "",
    )


def _course(now: Situation, days: list[int]) -> Projection:
    return project(now.planner, now.standings, days, now.today, now.interview, now.plan.minutes)


def as_json(one: Status) -> dict[str, object]:
    """The documented JSON of `plan --json`: shares 0 to 1, minutes, dates as 2026-12-10."""
    now, agenda = one.situation, one.agenda
    return {
        "plan": now.plan.as_body(),
        "next_date": _iso(now.target),
        "study_days_left": len(now.days),
        "missed_days": one.missed,
        "today": {
            "new": [prompt.id for prompt in agenda.new],
            "reviews": [*now.steps, *(prompt.id for prompt in agenda.reviews)],
            "reviews_left_out": agenda.left_out,
            "questions": agenda.questions,
            "quiz_topics": list(one.quiz_topics),
            "lab": one.lab,
            "lab_minutes": agenda.lab_minutes if one.lab else 0,
            "minutes": round(agenda.minutes, 1),
            "final_window": agenda.final,
        },
        "seen_by_then": round(one.promise.seen_share, 4),
        "minutes_for_all": one.promise.minutes_for_all,
        "recall_at_interview": round(one.projection.at_interview, 4),
        "recall_without_today": round(one.left_out.at_interview, 4),
        "recall_without_study": round(one.projection.idle, 4),
        "forecast": [
            {
                "date": _iso(day.day),
                "recall": round(day.recall, 4),
                "recall_without_study": round(day.idle, 4),
                "card_minutes": round(day.minutes, 1),
                "new_left": day.unseen,
            }
            for day in one.projection.days
        ],
        "readiness": _readiness(one.ready.overall),
        "readiness_after_today": _readiness(one.ready.after_today),
        "topics": {slug: _readiness(ready) for slug, ready in one.ready.topics.items()},
    }


def _readiness(one: Readiness) -> dict[str, object]:
    parts = {part.name: {"value": round(part.value, 4), "known": part.known, "of": part.count} for part in one.parts}
    return {"value": round(one.value, 4), "low": round(one.low, 4), "high": round(one.high, 4), "parts": parts}


def _iso(day: int) -> str:
    return date.fromordinal(day).isoformat()


def _missed(study: Study, now: Situation) -> int:
    """Study days since the plan was made on which nothing was done."""
    active = {study.clock.day(at) for at in study.progress.active_quarters()}
    return sum(not now.plan.is_off(day) and day not in active for day in range(now.made, now.today))


def _lacking(ready: Ready, name: str, now: Situation) -> list[str]:
    """Topics that have this part, the greatest lack by weight first."""
    lacks = {
        slug: (1 - part.value) * now.plan.weight(slug)
        for slug, one in ready.topics.items()
        for part in one.parts
        if part.name == name and part.value < 1
    }
    return sorted(lacks, key=lambda slug: -lacks[slug])


def _lab(study: Study, ready: Ready, now: Situation) -> str:
    """The lab to go on with: of the topic that lacks most."""
    lacking = _lacking(ready, LABS, now)
    return (study.library.topics[lacking[0]].lab or lacking[0]) if lacking else ""
