"""`studyapp plan`: make, show, change or clear the interview plan."""

import argparse
import json
import sys
from typing import Any

from studyapp.cli.opening import CommandError, opened
from studyapp.domain.plan import Plan, PlanError, parse_weights
from studyapp.domain.readiness import Readiness
from studyapp.study import plan_status, planning
from studyapp.study.plan_status import Status
from studyapp.study.plan_words import heading, prospect, today
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
    return [*heading(status), "", *today(status), "", *prospect(status), "", *_ready(status)]


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


def _ready(status: Status) -> list[str]:
    rows = [f"{'readiness':20} {'':>5} {'95 %':>9}  made of (seen, answered, begun of all)"]
    for name, one in (*status.ready.topics.items(), ("in all", status.ready.overall)):
        rows.append(f"{name:20} {one.value:5.0%} {f'{one.low:.0%}-{one.high:.0%}':>9}  {_made_of(one)}".rstrip())
    return rows


def _made_of(one: Readiness) -> str:
    return "  ".join(f"{part.name} {part.value:.0%} ({part.known}/{part.count})" for part in one.parts)
