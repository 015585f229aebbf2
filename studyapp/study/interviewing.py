"""Mock interviews: which one is asked, drafts that survive anything, marking, and how answers change over time."""

from collections.abc import Collection
from dataclasses import dataclass

import msgspec

from studyapp.domain import rubric
from studyapp.domain.events import Event, EventKind
from studyapp.domain.interviews import Interview
from studyapp.domain.mock_interview import Attempt, Draft
from studyapp.domain.questions import RubricPoint
from studyapp.study import lab_explaining
from studyapp.study.quizzing import bring_forward
from studyapp.study.study import Study

MOST_CHARACTERS = 100_000
_DRAFT = "interview-draft:"


class AnswerTooLong(ValueError):
    """An answer that nobody could give in an interview; the message says how much it may hold."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An interview question on offer, with its marked answers, oldest first, and the one that was left unmarked."""

    interview: Interview
    attempts: tuple[Attempt, ...]
    draft: Draft


@dataclass(frozen=True, slots=True)
class Debrief:
    """What an answer came to, beside the earlier ones (oldest first); `forward` counts the prompts made due."""

    interview: Interview
    attempt: Attempt
    earlier: tuple[Attempt, ...]
    forward: int = 0

    @property
    def missed(self) -> tuple[RubricPoint, ...]:
        """The points still in the rubric that the answer does not make, the heaviest first."""
        points = (point for point in self.interview.rubric if point.point not in self.attempt.made)
        return tuple(sorted(points, key=lambda point: -point.weight))


def choices(study: Study, topic: str = "") -> list[Choice]:
    """Every interview question, or those of one topic, in the order of the content."""
    offered = [one for one in study.library.interviews.values() if topic in ("", one.topic)]
    done = _attempts_by_interview(study)
    return [Choice(one, tuple(done.get(one.id, ())), draft(study, one.id)) for one in offered]


def draw(study: Study, topic: str = "") -> Interview | None:
    """A question that was never answered, or the one answered longest ago; by chance where several are equal."""
    offered = choices(study, topic)
    study.rng.shuffle(offered)
    chosen = min(offered, key=lambda one: one.attempts[-1].at if one.attempts else 0, default=None)
    return chosen.interview if chosen else None


def attempts(study: Study, interview: str) -> list[Attempt]:
    """The marked answers to one question, oldest first."""
    return _attempts_by_interview(study).get(interview, [])


def draft(study: Study, interview: str) -> Draft:
    """The answer that was begun and not marked; an empty one where there is none."""
    kept = study.progress.setting(_DRAFT + interview)
    try:
        return msgspec.json.decode(kept, type=Draft) if kept else Draft()
    except msgspec.MsgspecError:
        return Draft()


def save_draft(study: Study, interview: str, answer: Draft) -> None:
    """Keep an answer as it stands; durable when it returns."""
    study.progress.set(_DRAFT + interview, msgspec.json.encode(answer).decode())


def finish(study: Study, interview: Interview, answer: Draft, made: Collection[int]) -> Debrief:
    """Keep a marked answer, bring the cards of its missed points forward, and forget the draft, all or nothing.

    Raises AnswerTooLong.
    """
    if len(answer.text) > MOST_CHARACTERS:
        raise AnswerTooLong(f"An answer holds at most {MOST_CHARACTERS:,} characters; this has {len(answer.text):,}.")
    earlier = tuple(attempts(study, interview.id))
    missed = [point for index, point in enumerate(interview.rubric) if index not in made]
    body = {
        "text": answer.text,
        "spoken": answer.spoken,
        "made": [point.point for index, point in enumerate(interview.rubric) if index in made],
        "missed": [point.point for point in missed],
    }
    share = rubric.share(interview.rubric, made)
    with study.progress.transaction():
        now = study.clock.now()
        event = study.progress.record(EventKind.INTERVIEW, interview.id, now, share, answer.elapsed, **body)
        forward = bring_forward(study, [card for point in missed for card in point.cards])
        lab_explaining.note(study, interview.id, share)
        study.progress.set(_DRAFT + interview.id, "")
    return Debrief(interview, _attempt(event), earlier, forward)


def last_debrief(study: Study, interview: Interview) -> Debrief | None:
    """The newest marked answer, to be read again; None where there is none."""
    done = attempts(study, interview.id)
    return Debrief(interview, done[-1], tuple(done[:-1])) if done else None


def _attempts_by_interview(study: Study) -> dict[str, list[Attempt]]:
    found: dict[str, list[Attempt]] = {}
    for event in study.progress.events(EventKind.INTERVIEW):
        found.setdefault(event.subject, []).append(_attempt(event))
    return found


def _attempt(event: Event) -> Attempt:
    body = event.body
    made, missed = tuple(body.get("made", ())), tuple(body.get("missed", ()))
    spoken = bool(body.get("spoken"))
    return Attempt(event.subject, event.at, event.value, event.duration, body.get("text", ""), spoken, made, missed)
