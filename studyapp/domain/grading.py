"""Marks for answers: the share that is right, with partial credit, and certainty-based marks.

Certainty-based marking after Gardner-Medwin 1995 (Association for Learning Technology Journal 3): a right answer earns
1, 2 or 3, a wrong one 0, -2 or -6, by the confidence that went with it, so that honest confidence pays best.
"""

from dataclasses import dataclass
from enum import IntEnum
from itertools import combinations

from studyapp.domain import rubric as weighted
from studyapp.domain import text
from studyapp.domain.questions import (
    Matching,
    MultipleChoice,
    Numeric,
    Open,
    Ordering,
    Question,
    ShortText,
    SingleChoice,
    SpotTheFault,
)
from studyapp.domain.responses import Chosen, Matched, Ordered, Picked, Response, SelfMarked, Typed


class Confidence(IntEnum):
    """How sure the person says to be."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3


RIGHT = {Confidence.LOW: 1.0, Confidence.MEDIUM: 2.0, Confidence.HIGH: 3.0}
WRONG = {Confidence.LOW: 0.0, Confidence.MEDIUM: -2.0, Confidence.HIGH: -6.0}
# the chance of being right above which each level pays best, and the mean chance it stands for in a calibration curve
MEANS = {Confidence.LOW: 0.5, Confidence.MEDIUM: 0.74, Confidence.HIGH: 0.9}
PASS_SHARE = 0.999


@dataclass(frozen=True, slots=True)
class Mark:
    """The share of a question that was answered rightly, 0 to 1."""

    share: float

    @property
    def right(self) -> bool:
        """Whether the answer was right in full."""
        return self.share >= PASS_SHARE


class NotAnAnswer(ValueError):
    """The answer cannot be marked as it stands; the message says how to write it."""


def grade(question: Question, response: Response | None) -> Mark:
    """The mark of a response; None (left out, time over) earns nothing.

    Raises NotAnAnswer when a number cannot be read, TypeError when the response is of another kind of question.
    """
    match question, response:
        case _, None:
            return Mark(0.0)
        case SingleChoice(options=options), Chosen(chosen):
            return Mark(float(chosen == {index for index, option in enumerate(options) if option.correct}))
        case MultipleChoice(options=options), Chosen(chosen):
            return Mark(_hits(chosen, {index for index, option in enumerate(options) if option.correct}))
        case Numeric(), Typed(typed):
            return Mark(float(abs(_number(question, typed) - question.answer) <= _slack(question)))
        case ShortText(), Typed(typed):
            return Mark(float(text.matches(typed, (question.answer, *question.accept))))
        case Ordering(items=items), Ordered(given):
            return Mark(_in_order(given, len(items)))
        case Matching(pairs=pairs), Matched(rights):
            hits = sum(right == pair.right for pair, right in zip(pairs, rights, strict=False))
            return Mark(hits / len(pairs))
        case SpotTheFault(faults=faults), Picked(lines):
            found = sum(1 for fault in faults if lines & set(fault.lines))
            wrong = len(lines - {line for fault in faults for line in fault.lines})
            return Mark(max(0.0, (found - wrong) / len(faults)))
        case Open(rubric=rubric), SelfMarked(_, points):
            return Mark(weighted.share(rubric, points))
    raise TypeError(f"{type(response).__name__} does not answer a {type(question).__name__} question")


def certainty_mark(mark: Mark, confidence: Confidence) -> float:
    """Marks for an answer given with a confidence; partly right answers earn in proportion, -6 to 3."""
    return WRONG[confidence] + mark.share * (RIGHT[confidence] - WRONG[confidence])


def _hits(chosen: frozenset[int], right: set[int]) -> float:
    """Right picks less wrong picks, as a share of all right ones, at least 0."""
    return max(0.0, (len(chosen & right) - len(chosen - right)) / len(right))


def _in_order(given: tuple[int, ...], count: int) -> float:
    """Kendall's tau of the given order, 0 where it is no better than chance."""
    if sorted(given) != list(range(count)):
        return 0.0
    pairs = list(combinations(given, 2))
    kept = sum(first < second for first, second in pairs)
    return max(0.0, 2 * kept / len(pairs) - 1)


def _number(question: Numeric, typed: str) -> float:
    try:
        return text.number(typed, question.unit, question.units)
    except ValueError as error:
        raise NotAnAnswer(str(error)) from None


def _slack(question: Numeric) -> float:
    """The tolerance, with room for the last bit of a float."""
    return question.tolerance + 1e-12 * abs(question.answer)
