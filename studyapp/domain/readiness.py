"""Readiness for the interview: one number a topic and one in all, with what it is made of and how uncertain it is.

Every part is a share of all there is: what was never seen, answered, built or spoken counts nothing.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from studyapp.domain.forgetting import Forgetting
from studyapp.domain.grading import MEANS, Confidence
from studyapp.domain.selection import Standing

RECALL, QUIZ, LABS, INTERVIEWS = "recall", "quiz", "labs", "interviews"
WEIGHTS = {RECALL: 0.5, QUIZ: 0.25, LABS: 0.15, INTERVIEWS: 0.1}
PRIOR_ANSWERS = 10  # how many answers the claim of a confidence is worth, beside what the person's own answers say


@dataclass(frozen=True, slots=True)
class Part:
    """One part of readiness: `value` 0 to 1, its standard error, and how many items of `count` it rests on."""

    name: str
    value: float
    error: float
    known: int
    count: int


@dataclass(frozen=True, slots=True)
class Readiness:
    """The weighted mean of the parts that a topic has, or of the topics; the error is that of the mean, 0 to 1."""

    value: float
    error: float
    parts: tuple[Part, ...] = ()

    @property
    def low(self) -> float:
        """The lower end of the 95 % interval."""
        return max(0.0, self.value - 1.96 * self.error)

    @property
    def high(self) -> float:
        """The upper end of the 95 % interval."""
        return min(1.0, self.value + 1.96 * self.error)


def recall_part(standings: Sequence[Standing], days: float, forgetting: Forgetting) -> Part:
    """Expected recall `days` from now without another review; the error is the chance of which ones are recalled."""
    chances = [forgetting.recall(one.age + days, one.stability) if one.seen else 0.0 for one in standings]
    return _part(RECALL, chances, sum(one.seen for one in standings))


def quiz_part(
    questions: Sequence[str], last: Mapping[str, tuple[float, Confidence]], trust: Mapping[int, float]
) -> Part:
    """Expected share of the marks, from the latest (share, confidence) of each question and `trusted` confidences."""
    chances = [last[id_][0] * trust[last[id_][1]] if id_ in last else 0.0 for id_ in questions]
    return _part(QUIZ, chances, sum(id_ in last for id_ in questions))


def share_part(name: str, shares: Sequence[float | None]) -> Part:
    """A part that is a plain mean of shares, such as labs or interviews; None was never tried."""
    return _part(name, [share or 0.0 for share in shares], sum(share is not None for share in shares))


def trusted(answers: Iterable[tuple[Confidence, float]]) -> dict[int, float]:
    """How likely an answer given with each confidence is right, by the person's own answers.

    A right answer that was a guess says little about the next time. The claim of the confidence counts as ten answers
    (a beta prior), so that a few answers do not decide; full confidence that always held is trusted in full.
    """
    right: dict[int, list[float]] = {level: [] for level in Confidence}
    for confidence, share in answers:
        right[confidence].append(share)
    return {
        level: (sum(shares) + PRIOR_ANSWERS * MEANS[Confidence(level)]) / (len(shares) + PRIOR_ANSWERS)
        for level, shares in right.items()
    }


def together(parts: Iterable[Part]) -> Readiness:
    """The readiness of a topic: its parts by their weights; a part of which there is nothing does not count."""
    kept = tuple(part for part in parts if part.count)
    value, error = _mean([(part.value, part.error, WEIGHTS[part.name]) for part in kept])
    return Readiness(value, error, kept)


def overall(topics: Mapping[str, Readiness], weights: Mapping[str, float]) -> Readiness:
    """The readiness in all: topics by their weights, 1 where none is given."""
    return Readiness(*_mean([(one.value, one.error, weights.get(slug, 1.0)) for slug, one in topics.items()]))


def _part(name: str, chances: list[float], known: int) -> Part:
    count = len(chances)
    if not count:
        return Part(name, 0.0, 0.0, 0, 0)
    spread = math.sqrt(sum(chance * (1 - chance) for chance in chances)) / count
    return Part(name, sum(chances) / count, spread, known, count)


def _mean(weighted: list[tuple[float, float, float]]) -> tuple[float, float]:
    """(weighted mean, its error) of (value, error, weight); the errors are taken as independent."""
    whole = sum(weight for _, _, weight in weighted)
    if not whole:
        return 0.0, 0.0
    value = sum(value * weight for value, _, weight in weighted) / whole
    return value, math.sqrt(sum((error * weight) ** 2 for _, error, weight in weighted)) / whole
