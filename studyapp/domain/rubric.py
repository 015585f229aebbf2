"""Rubric points looked for in a typed answer: phrases as words in order with small gaps, negations, weighted marks.

Whether two words are the same is asked of the caller, who may know stems and misspellings.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from studyapp.domain.questions import RubricPoint

Span = tuple[int, int]
Same = Callable[[str, str], bool]  # (word of the phrase, word of the answer)
MOST_GAP = 2  # words between two neighbours of a phrase, articles not counted
REACH = 3  # words between a negation and the phrase that it denies
ARTICLES = frozenset({"a", "an", "the"})
NEGATIONS = frozenset("no not never without neither nor cannot cant dont doesnt isnt wont lack lacks lacking".split())


@dataclass(frozen=True, slots=True)
class Word:
    """A word of an answer: folded for comparing, where it stands (characters), and its sentence and clause."""

    text: str
    start: int
    end: int
    sentence: int
    clause: int


class Doubt(StrEnum):
    """Why a phrase that was found may not mean its point."""

    DENIED = "next to a negation"
    COMMON = "a common word"


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase found in an answer: the characters of each word that matched, and what speaks against it."""

    phrase: str
    spans: tuple[Span, ...]
    doubt: Doubt | None = None

    @property
    def start(self) -> int:
        """Where the first matched word begins."""
        return self.spans[0][0]

    @property
    def end(self) -> int:
        """Where the last matched word ends."""
        return self.spans[-1][1]


class Standing(StrEnum):
    """What the words of an answer say about a point."""

    FOUND = "found"
    DOUBTFUL = "doubtful"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was found for one point of a rubric, surest first; the person who answered has the last word."""

    matches: tuple[Match, ...] = ()

    @property
    def standing(self) -> Standing:
        """Found by a phrase without doubt, or by two phrases of a common word each; doubtful by less than that."""
        if not self.matches:
            return Standing.MISSING
        if any(match.doubt is None for match in self.matches) or self._common_ones() > 1:
            return Standing.FOUND
        return Standing.DOUBTFUL

    def _common_ones(self) -> int:
        """Phrases of a common word that were found in different places: `queue` and `queueing` are one."""
        places: dict[str, set[Span]] = {}
        for match in self.matches:
            if match.doubt is Doubt.COMMON:
                places.setdefault(match.phrase, set()).update(match.spans)
        return len({frozenset(spans) for spans in places.values()})


def share(rubric: Sequence[RubricPoint], made: Collection[int]) -> float:
    """Weighted share of the points that were made, 0 to 1."""
    whole = sum(point.weight for point in rubric)
    return sum(point.weight for index, point in enumerate(rubric) if index in made) / whole


def found(proposals: Sequence[Proposal]) -> frozenset[int]:
    """Indices of the points that the words alone show to be made."""
    return frozenset(index for index, one in enumerate(proposals) if one.standing is Standing.FOUND)


def matches(
    phrase: str, wanted: Sequence[str], words: Sequence[Word], same: Same, common: bool = False
) -> Iterator[Match]:
    """Every place where the wanted words stand in order within a sentence, neighbours at most `MOST_GAP` apart."""
    if not wanted:
        return
    for start in range(len(words)):
        places = _from(wanted, words, start, same)
        if places is not None:
            spans = tuple((words[place].start, words[place].end) for place in places)
            yield Match(phrase, spans, Doubt.DENIED if _denied(words, places) else Doubt.COMMON if common else None)


def _from(wanted: Sequence[str], words: Sequence[Word], at: int, same: Same) -> tuple[int, ...] | None:
    """The places of the wanted words when the first one stands at `at`, nearest first; None when they do not follow."""
    for used, places in _steps(wanted, words, at, same):
        if used == len(wanted):
            return places
        for following in _within_gap(words, places[-1]):
            rest = _from(wanted[used:], words, following, same)
            if rest is not None:
                return places + rest
    return None


def _steps(wanted: Sequence[str], words: Sequence[Word], at: int, same: Same) -> Iterator[tuple[int, tuple[int, ...]]]:
    """(wanted words used, places) of what stands at `at`; `prestop` is `pre stop` whichever of the two was written."""
    written = words[at].text
    if wanted[0][0] != written[0]:
        return
    if same(wanted[0], written):
        yield 1, (at,)
    if len(wanted) > 1 and same(wanted[0] + wanted[1], written):
        yield 2, (at,)
    after = at + 1
    if after < len(words) and wanted[0] == written + words[after].text:
        yield 1, (at, after)


def _within_gap(words: Sequence[Word], place: int) -> Iterator[int]:
    """Places that may hold the next word of a phrase."""
    gap = 0
    for following in range(place + 1, len(words)):
        if words[following].sentence != words[place].sentence or gap > MOST_GAP:
            return
        yield following
        gap += words[following].text not in ARTICLES


def _denied(words: Sequence[Word], places: Sequence[int]) -> bool:
    """Whether a negation stands shortly before the words, between them, or directly behind them."""
    first, last = places[0], places[-1]
    between = (place for place in range(first, last) if place not in places)
    return any(_negates(words, place) for place in chain(_before(words, first), between, _behind(words, last)))


def _before(words: Sequence[Word], first: int) -> Iterator[int]:
    """The places of a clause in which a negation would reach a phrase that begins at `first`."""
    counted = 0
    for place in range(first - 1, -1, -1):
        if words[place].clause != words[first].clause or words[place].text == "but" or counted == REACH:
            return
        yield place
        counted += words[place].text not in ARTICLES


def _behind(words: Sequence[Word], last: int) -> Iterator[int]:
    """The two places in which `is not` or `never` would deny what ends at `last`."""
    for place in range(last + 1, min(last + 3, len(words))):
        if words[place].clause != words[last].clause or words[place].text in ("no", "without"):
            return
        yield place


def _negates(words: Sequence[Word], place: int) -> bool:
    text = words[place].text
    following = words[place + 1].text if place + 1 < len(words) else ""
    return (text in NEGATIONS or text.endswith("n't")) and following not in ("only", "just")
