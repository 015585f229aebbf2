"""`studyapp interview`: a mock interview without the screens."""

import argparse
import time
from collections.abc import Callable
from datetime import datetime

from studyapp.cli.opening import CommandError, known_topics, opened
from studyapp.domain.interviews import Interview
from studyapp.domain.mock_interview import Draft
from studyapp.domain.questions import RubricPoint
from studyapp.domain.rubric import Proposal, Standing
from studyapp.study import interviewing
from studyapp.study.debriefing import asked_back, sections
from studyapp.study.rubric_matching import propose
from studyapp.study.study import Study
from studyapp.study.wording import Lexicon

END = "."
HOW = (
    f"Type the answer; a line with `{END}` alone ends it. `?` shows questions worth asking back. ctrl+d keeps a draft."
)


def run(arguments: argparse.Namespace) -> int:
    """Ask one question, mark the answer with the person, and say what it came to."""
    with opened(arguments) as study:
        asked = study.library.interviews.get(arguments.topic)
        topic = "" if asked or not arguments.topic else known_topics(study, [arguments.topic])[0]
        if arguments.list:
            return _list(study, topic)
        interview = asked or interviewing.draw(study, topic)
        if interview is None:
            raise CommandError("there are no interview questions here")
        hold_out(study, interview)
    return 0


def hold_out(study: Study, interview: Interview) -> None:
    """Ask one question to its debrief, or as far as the person goes; the answer so far is kept."""
    try:
        _hold(study, interview)
    except EOFError:
        print("\nKept as a draft: the same command goes on with it: " + interview.id)


def _list(study: Study, topic: str) -> int:
    for choice in interviewing.choices(study, topic):
        one = choice.interview
        shares = " ".join(f"{attempt.share:.0%}" for attempt in choice.attempts[-4:]) or "-"
        state = "draft" if choice.draft.begun else ""
        title = " ".join(one.prompt.split())
        print(f"{one.id:32} {one.minutes:3} min  {shares:16} {state:5}  {title[:80]}")
    return 0


def _hold(study: Study, interview: Interview) -> None:
    """From the prompt to the debrief. Raises EOFError when the person leaves; the answer so far is kept."""
    print(f"[{interview.topic}, {interview.minutes} minutes, {interview.id}]\n{interview.prompt.strip()}\n")
    print(", ".join(f"{phase.phase} {phase.minutes}" for phase in interview.outline))
    print(HOW)
    answer = _answer(study, interview)
    made = _marked(study, interview, answer.text)
    try:
        debrief = interviewing.finish(study, interview, answer, made)
    except interviewing.AnswerTooLong as error:
        raise CommandError(str(error)) from None
    for title, text in sections(study, debrief, _when):
        if title != "Your answer":
            print(f"\n{title.upper()}\n{text}")


def _answer(study: Study, interview: Interview) -> Draft:
    """The answer, line by line, each kept when it is entered."""
    answer = interviewing.draft(study, interview.id)
    if answer.begun:
        print(f"\nWhat you wrote so far:\n{answer.text}")
    elapsed = _stopwatch(answer.elapsed)
    while (line := input("> ")).strip() != END or not answer.text.strip():
        if line.strip() == "?":
            print(asked_back(interview))
        elif line.strip() != END:
            answer = Draft(f"{answer.text}\n{line}".lstrip("\n"), answer.spoken, elapsed())
            interviewing.save_draft(study, interview.id, answer)
    return Draft(answer.text, answer.spoken, elapsed())


def _marked(study: Study, interview: Interview, text: str) -> frozenset[int]:
    """The points that the answer made, as the person says, each with what was found for it."""
    proposals = propose(interview.rubric, text, Lexicon.of(study.library))
    print("\nDid it make these points? y or n; enter takes what is proposed.")
    asked = enumerate(zip(interview.rubric, proposals, strict=True))
    return frozenset(index for index, (point, proposal) in asked if _made(point, proposal, text))


def _made(point: RubricPoint, proposal: Proposal, text: str) -> bool:
    found = proposal.standing is Standing.FOUND
    seen = "; ".join(dict.fromkeys(" ".join(text[match.start : match.end].split()) for match in proposal.matches[:3]))
    doubts = ", ".join(dict.fromkeys(match.doubt.value for match in proposal.matches if match.doubt and not found))
    why = f" [{proposal.standing}: {seen}{f', {doubts}' if doubts else ''}]" if seen else ""
    said = input(f"  {point.point}?{why} {'Y/n' if found else 'y/N'} > ").strip().lower()
    return said.startswith("y") if said else found


def _stopwatch(before: int) -> Callable[[], int]:
    begun = time.monotonic()
    return lambda: before + round((time.monotonic() - begun) * 1000)


def _when(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
