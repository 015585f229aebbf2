"""A marked interview answer explained, section by section, as Markdown."""

import re
from collections.abc import Iterator, Sequence

from studyapp.domain.durations import clocked
from studyapp.domain.interviews import Interview
from studyapp.domain.mock_interview import Attempt, newly_made, no_longer_made
from studyapp.study.history import When
from studyapp.study.interviewing import Debrief
from studyapp.study.study import Study


def sections(study: Study, debrief: Debrief, when: When) -> list[tuple[str, str]]:
    """(title, Markdown) of all there is to say, what matters most first; `when` writes a moment out."""
    interview, attempt = debrief.interview, debrief.attempt
    written = [
        ("Score", "\n\n".join(_score(study, debrief, when))),
        ("Points", "\n\n".join(_points(debrief))),
        ("Follow-ups", _list(interview.follow_ups)),
        ("Mistakes", _list(interview.mistakes)),
        ("Ask back", "\n".join(f"- **{one.ask}** {one.why}" for one in interview.clarify)),
        ("Outline", "\n".join(f"- **{one.phase}, {one.minutes} min** {one.say}" for one in interview.outline)),
        ("Model answer", interview.model_answer.strip()),
        ("Your answer", _answer(attempt)),
        ("Earlier", "\n\n".join(_earlier(study, debrief, when))),
    ]
    return [(title, text) for title, text in written if text]


def asked_back(interview: Interview) -> str:
    """The clarifying questions worth asking."""
    return "\n".join(f"- {one.ask}" for one in interview.clarify)


def _score(study: Study, debrief: Debrief, when: When) -> Iterator[str]:
    attempt = debrief.attempt
    spent = f"{clocked(attempt.duration)} of {debrief.interview.minutes} minutes"
    yield f"**{attempt.share:.0%}** of the points by weight, in {spent}{', spoken' if attempt.spoken else ''}."
    if debrief.earlier:
        rows = [f"- {when(study.clock.local(one.at))}  {one.share:.0%}" for one in (*debrief.earlier, attempt)]
        yield "\n".join(rows[-8:])
        yield from _titled("Made for the first time", newly_made(attempt, debrief.earlier))
        yield from _titled("Made the last time, missed now", no_longer_made(attempt, debrief.earlier))
    if debrief.forward:
        plural = "s" if debrief.forward > 1 else ""
        yield f"{debrief.forward} card{plural} on the missed points came forward and wait in your next review."


def _points(debrief: Debrief) -> Iterator[str]:
    if debrief.missed:
        yield "**Missed**"
        yield "\n".join(f"- ✗ {one.point}. {one.why} *(weight {one.weight:g})*" for one in debrief.missed)
    if debrief.attempt.made:
        yield "**Made**"
        yield "\n".join(f"- ✓ {point}" for point in debrief.attempt.made)


def _earlier(study: Study, debrief: Debrief, when: When) -> Iterator[str]:
    for one in reversed(debrief.earlier):
        yield f"## {when(study.clock.local(one.at))}, {one.share:.0%}"
        yield _answer(one)


def _answer(attempt: Attempt) -> str:
    """What was typed, as it was typed: its stars and lines are no Markdown."""
    typed = re.sub(r"([\\`*_#<>\[\]~|+-])", r"\\\1", attempt.text.strip())
    return typed.replace("\n", "  \n") or ("*Spoken, without notes.*" if attempt.spoken else "")


def _titled(title: str, points: Sequence[str]) -> Iterator[str]:
    if points:
        yield f"**{title}**"
        yield _list(points)


def _list(rows: Sequence[str]) -> str:
    return "\n".join(f"- {row}" for row in rows)
