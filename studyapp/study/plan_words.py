"""The plan in words, for the command and the screen alike."""

from datetime import date

from studyapp.study.plan_status import Status


def heading(status: Status) -> list[str]:
    """When the interview is, what time is left, and whether it is enough."""
    now = status.situation
    plan, days = now.plan, now.target - now.today
    when = "today" if days == 0 else "tomorrow" if days == 1 else f"in {days} days"
    said = [
        f"Interview on {_spoken(now.target)}{' in the morning' if plan.morning else ''}, {when};"
        f" {_many(plan.minutes, 'minute')} a day, {_many(len(now.days), 'day')} of study left."
    ]
    later = [_spoken(day) for day in plan.dates if day > now.target]
    if later:
        said.append(f"After that: {', '.join(later)}.")
    if status.missed:
        said.append(
            f"{_many(status.missed, 'day')} missed since the plan was made: what is left is spread over the rest."
        )
    if not status.promise.possible:
        said.append(_impossible(status))
    return said


def _impossible(status: Status) -> str:
    """What the minutes do not reach, and what would."""
    plan, promise = status.situation.plan, status.promise
    said = f"At {_many(plan.minutes, 'minute')} a day you will have seen {promise.seen_share:.0%} of the cards by then"
    if not promise.minutes_for_all:
        return f"{said}."
    return f"{said}; {promise.minutes_for_all} would show all. Choosing topics leaves some out, weights put some first."


def today(status: Status) -> list[str]:
    """What today asks for."""
    now, agenda = status.situation, status.agenda
    if not now.studies_today:
        return ["Today nothing is planned." if now.days else "Nothing is planned before the interview. Sleep well."]
    parts = [f"{len(agenda.new)} new", _many(len(now.steps) + len(agenda.reviews), "review")]
    if agenda.questions:
        parts.append(f"{_many(agenda.questions, 'question')} ({', '.join(status.quiz_topics) or 'any topic'})")
    if status.lab:
        parts.append(f"{_many(agenda.lab_minutes, 'minute')} of the lab {status.lab}")
    final = " Final window." if agenda.final and not agenda.new else ""
    said = [f"Today: {', '.join(parts)}; about {_many(round(agenda.minutes), 'minute')}.{final}"]
    if agenda.left_out:
        said.append(f"{_many(agenda.left_out, 'more review')} would be worth it, but the minutes hold no more.")
    return said


def prospect(status: Status) -> list[str]:
    """Where it leads, and what today is worth."""
    course, skipped = status.projection, status.left_out
    ready, after = status.ready.overall, status.ready.after_today
    return [
        f"Recall at the interview: {course.at_interview:.0%} if you keep to the plan,"
        f" {skipped.at_interview:.0%} without today, {course.idle:.0%} without another review.",
        f"Today's session alone moves readiness from {ready.value:.1%} to {after.value:.1%}.",
    ]


def _spoken(day: int) -> str:
    return f"{date.fromordinal(day):%A %Y-%m-%d}"


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
