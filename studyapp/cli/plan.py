"""`studyapp plan`: make, show, change or clear the interview plan."""

import argparse
import json
import sys
from datetime import date
from typing import Any

from studyapp.cli.opening import CommandError, opened
from studyapp.domain.plan import Plan, PlanError, parse_weights
from studyapp.domain.readiness import Readiness
from studyapp.study import plan_status, planning
from studyapp.study.plan_status import Status
from studyapp.study.study import Study

NO_PLAN = "There is no plan. `studyapp plan --date 2026-12-10 --minutes 30` makes one."
DEFAULT_MINUTES = 30
LISTS = {"topics", "weights", "days_off"}
OPTIONS = ("dates", "minutes", "morning", *sorted(LISTS))


def run(arguments: argparse.Namespace) -> int:
    """Change the plan where anything was given, then show it."""
    with opened(arguments) as study:
        if arguments.clear:
            cleared = planning.clear(study)
            print("The plan is cleared; cards go back to their ordinary dates." if cleared else NO_PLAN)
            return 0
        try:
            _change(study, arguments)
        except PlanError as error:
            raise CommandError(str(error)) from None
        status = plan_status.status(study)
        if arguments.json:
            print(json.dumps(plan_status.as_json(status) if status else None, indent=2, ensure_ascii=False))
        else:
            print("\n".join(lines(status)) if status else NO_PLAN)
    return 0


def lines(status: Status) -> list[str]:
    """The plan in words."""
    return [*_heading(status), "", *_today(status), "", *_prospect(status), "", *_ready(status)]


def _change(study: Study, arguments: argparse.Namespace) -> None:
    """Keep the plan that the options make of the one there is; none given changes nothing. Raises PlanError."""
    given = {name: value for name in OPTIONS if (value := getattr(arguments, name)) is not None}
    if not given:
        return
    plan = planning.active(study)
    if plan is None and "dates" not in given:
        raise PlanError(NO_PLAN)
    body: dict[str, Any] = plan.as_body() if plan else {"minutes": DEFAULT_MINUTES}
    if "dates" in given and "morning" not in given:
        given["morning"] = _asked_morning(plan.morning if plan else False)
    for name in LISTS & given.keys():
        given[name] = _words(given[name])
    if "weights" in given:
        given["weights"] = parse_weights(given["weights"])
    planning.keep(study, Plan.from_body(body | given))


def _words(given: list[str]) -> list[str]:
    """Words separated by spaces or commas; `all` and `none` empty the list."""
    words = [word for one in given for word in one.split(",") if word]
    return [] if words in (["all"], ["none"]) else words


def _asked_morning(before: bool) -> bool:
    """Whether the interview is in the morning: a day's difference, so a person at a terminal is asked."""
    if not sys.stdin.isatty():
        return before
    try:
        answer = input(f"Is it in the morning of that day? [{'Y/n' if before else 'y/N'}] ").strip().lower()
    except EOFError:
        return before
    return answer.startswith("y") if answer else before


def _heading(status: Status) -> list[str]:
    now = status.situation
    plan, days = now.plan, now.target - now.today
    when = "today" if days == 0 else "tomorrow" if days == 1 else f"in {days} days"
    said = [
        f"Interview on {_spoken(now.target)}{' in the morning' if plan.morning else ''}, {when};"
        f" {_minutes(plan.minutes)} a day, {_days(len(now.days))} of study left."
    ]
    later = [_spoken(day) for day in plan.dates if day > now.target]
    if later:
        said.append(f"After that: {', '.join(later)}.")
    if status.missed:
        said.append(f"{_days(status.missed)} missed since the plan was made: what is left is spread over the rest.")
    if not status.promise.possible:
        said.append(_impossible(status))
    return said


def _impossible(status: Status) -> str:
    """What the minutes do not reach, and what would."""
    plan, promise = status.situation.plan, status.promise
    said = f"At {_minutes(plan.minutes)} a day you will have seen {promise.seen_share:.0%} of the cards by then"
    if not promise.minutes_for_all:
        return f"{said}."
    return f"{said}; {promise.minutes_for_all} would show all. --topics leaves some out, --weights puts some first."


def _today(status: Status) -> list[str]:
    now, agenda = status.situation, status.agenda
    if not now.studies_today:
        return ["Today nothing is planned." if now.days else "Nothing is planned before the interview. Sleep well."]
    parts = [f"{len(agenda.new)} new", f"{len(now.steps) + len(agenda.reviews)} reviews"]
    if agenda.questions:
        parts.append(f"{agenda.questions} questions ({', '.join(status.quiz_topics) or 'any topic'})")
    if status.lab:
        parts.append(f"{agenda.lab_minutes} minutes of the lab {status.lab}")
    final = " Final window." if agenda.final and not agenda.new else ""
    said = [f"Today: {', '.join(parts)}; about {agenda.minutes:.0f} minutes.{final}"]
    if agenda.left_out:
        said.append(f"{agenda.left_out} more reviews would be worth it, but the minutes do not hold them.")
    return said


def _prospect(status: Status) -> list[str]:
    course = status.projection
    ready, after = status.ready.overall, status.ready.after_today
    return [
        f"Recall at the interview: {course.at_interview:.0%} if you keep to the plan, {course.idle:.0%} without another"
        " review.",
        f"Today's session alone moves readiness from {ready.value:.1%} to {after.value:.1%}.",
    ]


def _ready(status: Status) -> list[str]:
    rows = [f"{'readiness':20} {'':>5} {'95 %':>9}  made of (seen, answered, begun of all)"]
    for name, one in (*status.ready.topics.items(), ("in all", status.ready.overall)):
        rows.append(f"{name:20} {one.value:5.0%} {f'{one.low:.0%}-{one.high:.0%}':>9}  {_made_of(one)}".rstrip())
    return rows


def _made_of(one: Readiness) -> str:
    return "  ".join(f"{part.name} {part.value:.0%} ({part.known}/{part.count})" for part in one.parts)


def _spoken(day: int) -> str:
    return f"{date.fromordinal(day):%A %Y-%m-%d}"


def _minutes(count: int) -> str:
    return f"{count} minute{'' if count == 1 else 's'}"


def _days(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"
