"""`studyapp review`: a session without the screens, for a narrow pipe or a screen reader."""

import argparse
import time

from studyapp.cli.opening import known_topics, opened
from studyapp.domain.durations import spoken
from studyapp.domain.schedule import Grade
from studyapp.domain.text import matches
from studyapp.study.reviewing import ReviewSession, next_due
from studyapp.study.study import Study

HELP = "enter shows the answer; then 1 again, 2 hard, 3 good, 4 easy; u undoes, s suspends, q ends"


def run(arguments: argparse.Namespace) -> int:
    """Review until nothing is left or the person ends."""
    with opened(arguments) as study:
        session = ReviewSession.start(study, known_topics(study, arguments.topics), arguments.practice)
        if session.current is None:
            print(nothing_due(study))
            return 0
        print(HELP)
        while session.current is not None and _ask(session):
            pass
        summary = session.summary()
        print(f"\n{len(summary.graded)} graded, {summary.recalled:.0%} recalled, {session.left} left.")
        for prompt in summary.again:
            print(f"  again: {' '.join(prompt.front.split())[:100]}")
    return 0


def nothing_due(study: Study) -> str:
    """What to say when there is nothing to review, and what can be done instead."""
    if not study.library.prompts:
        return "There are no cards. `studyapp content check` says why."
    due = next_due(study)
    when = f"next due in {spoken(max(0, due - study.clock.now()))}" if due else "nothing is scheduled yet"
    return f"Nothing is due: {when}. `studyapp review --practice` goes through cards without moving the schedule."


def _ask(session: ReviewSession) -> bool:
    """Ask the current prompt; False when the person ends the session."""
    prompt = session.current
    assert prompt is not None
    print(f"\n[{session.left} left · {prompt.topic}]\n{prompt.front.strip()}")
    begun = time.monotonic()
    typed = _read("> ")
    if typed is None or typed.strip() in ("q", "quit"):
        return False
    if typed.strip() == "u":
        print("undone" if session.undo() else "nothing to undo")
        return True
    if prompt.typed and typed.strip():
        print("right" if matches(typed, prompt.card.accept) else "not that")
    print(f"\n{prompt.back.strip()}")
    for more in (prompt.card.example, prompt.card.about.explain):
        if more:
            print(f"\n{more.strip()}")
    for source in prompt.card.about.sources:
        print(f"source: {source.title} {source.url}".rstrip())
    return _grade(session, round((time.monotonic() - begun) * 1000))


def _grade(session: ReviewSession, duration: int) -> bool:
    choices = "  ".join(f"{int(grade)} {grade.name.lower()} {spoken(ms)}" for grade, ms in session.preview().items())
    while (typed := _read(f"{choices} > ")) is not None:
        match typed.strip():
            case "1" | "2" | "3" | "4" as digit:
                if session.grade(Grade(int(digit)), duration).became_leech:
                    print("forgotten eight times: suspended. Rewrite it, or bring it back under Browse.")
                return True
            case "u":
                print("undone" if session.undo() else "nothing to undo")
                return True
            case "s":
                session.suspend()
                return True
            case "q" | "quit":
                return False
        print(HELP)
    return False


def _read(prompt: str) -> str | None:
    try:
        return input(prompt)
    except EOFError:
        return None
