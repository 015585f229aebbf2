"""A quiz: questions in an order, answers with confidence and time, and the result. It knows no screen and no store."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from studyapp.domain.grading import MEANS, Confidence, Mark, certainty_mark, grade
from studyapp.domain.questions import Matching, MultipleChoice, Ordering, Question, SingleChoice
from studyapp.domain.responses import Response

SECONDS_A_QUESTION = 90


class QuizMode(StrEnum):
    """Where the questions come from, and whether feedback waits for the end."""

    TOPIC = "topic"
    MIXED = "mixed"
    MISSED = "missed"
    EXAM = "exam"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answered question."""

    question: Question
    response: Response | None
    confidence: Confidence
    mark: Mark
    duration: int

    @property
    def points(self) -> float:
        """Certainty-based marks, -6 to 3."""
        return certainty_mark(self.mark, self.confidence)


@dataclass(frozen=True, slots=True)
class Calibration:
    """How often answers of one confidence were right, beside what that confidence claims."""

    confidence: Confidence
    count: int
    right: float
    claimed: float


@dataclass(frozen=True, slots=True)
class Result:
    """What a quiz came to."""

    answers: tuple[Answer, ...]

    @property
    def share(self) -> float:
        """Mean share of the marks, 0 to 1."""
        return sum(answer.mark.share for answer in self.answers) / len(self.answers) if self.answers else 0.0

    @property
    def points(self) -> float:
        """Certainty-based marks in all."""
        return sum(answer.points for answer in self.answers)

    @property
    def best_points(self) -> float:
        """The most that could be earned."""
        return 3.0 * len(self.answers)

    @property
    def duration(self) -> int:
        """Milliseconds spent answering."""
        return sum(answer.duration for answer in self.answers)

    @property
    def missed(self) -> tuple[Answer, ...]:
        """The answers that were not right in full."""
        return tuple(answer for answer in self.answers if not answer.mark.right)

    def calibration(self) -> list[Calibration]:
        """One row for each confidence that was used; what was left unanswered claims nothing."""
        given = (answer for answer in self.answers if answer.response is not None)
        return calibration((answer.confidence, answer.mark.share) for answer in given)


def calibration(given: Iterable[tuple[Confidence, float]]) -> list[Calibration]:
    """Rows of (confidence, share right) pairs gathered by confidence, lowest first."""
    shares: dict[Confidence, list[float]] = {}
    for confidence, share in given:
        shares.setdefault(confidence, []).append(share)
    return [
        Calibration(confidence, len(values), sum(values) / len(values), MEANS[confidence])
        for confidence, values in sorted(shares.items())
    ]


@dataclass(slots=True)
class Quiz:
    """The course of one quiz."""

    id: str
    mode: QuizMode
    questions: Sequence[Question]
    rng: random.Random
    answers: list[Answer] = field(default_factory=list)
    _orders: dict[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def current(self) -> Question | None:
        """The question to answer now; None when all are answered."""
        return self.questions[len(self.answers)] if len(self.answers) < len(self.questions) else None

    @property
    def feedback(self) -> bool:
        """Whether each answer is explained at once."""
        return self.mode is not QuizMode.EXAM

    @property
    def seconds(self) -> int:
        """Time for the whole quiz; 0 where there is no limit."""
        return SECONDS_A_QUESTION * len(self.questions) if self.mode is QuizMode.EXAM else 0

    def order(self, question: Question) -> tuple[int, ...]:
        """The order in which a question's parts are shown: shuffled once, numbers sorted."""
        if question.id not in self._orders:
            self._orders[question.id] = tuple(_shuffled(question, self.rng))
        return self._orders[question.id]

    def answer(self, response: Response | None, confidence: Confidence, duration: int) -> Answer:
        """Mark the current question and go on to the next.

        Raises NotAnAnswer, and stays where it is, when the response cannot be read.
        """
        question = self.current
        if question is None:
            raise ValueError("every question of this quiz is answered")
        given = Answer(question, response, confidence, grade(question, response), duration)
        self.answers.append(given)
        return given

    def result(self) -> Result:
        """What the answers so far came to."""
        return Result(tuple(self.answers))


def _shuffled(question: Question, rng: random.Random) -> list[int]:
    match question:
        case SingleChoice(options=options) | MultipleChoice(options=options):
            return _numbers_sorted([option.text for option in options]) or _shuffle(len(options), rng)
        case Ordering(items=items):
            order = _shuffle(len(items), rng)
            return order if order != sorted(order) else order[::-1]  # the right order would give it away
        case Matching():
            return _shuffle(len(question.rights), rng)
        case _:
            return []


def _shuffle(count: int, rng: random.Random) -> list[int]:
    order = list(range(count))
    rng.shuffle(order)
    return order


def _numbers_sorted(texts: list[str]) -> list[int]:
    """Indices in ascending order of value where every text is a plain number, otherwise nothing."""
    try:
        values = [float(text.replace(",", "").replace("_", "").rstrip(" %")) for text in texts]
    except ValueError:
        return []
    return sorted(range(len(values)), key=values.__getitem__)
