"""A mock interview: the answer being written, where its clock stands in the outline, and answers compared."""

from collections.abc import Sequence
from dataclasses import dataclass

from studyapp.domain.interviews import Phase

MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer not marked yet: its text, or the notes of one that is spoken; `elapsed` in milliseconds."""

    text: str = ""
    spoken: bool = False
    elapsed: int = 0

    @property
    def begun(self) -> bool:
        """Whether there is anything to come back to."""
        return bool(self.text.strip()) or self.spoken


@dataclass(frozen=True, slots=True)
class Attempt:
    """A marked answer: the points by their wording, so that a rubric may be reordered; times in milliseconds."""

    interview: str
    at: int
    share: float
    duration: int
    text: str
    spoken: bool
    made: tuple[str, ...]
    missed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the clock stands: which phase, and the milliseconds left in it, below zero when the time is over."""

    phase: int
    left: int


def place(outline: Sequence[Phase], elapsed: int) -> Place:
    """The phase that `elapsed` milliseconds have come to; the last one never ends."""
    end = 0
    for index, phase in enumerate(outline):
        end += phase.minutes * MINUTE_MS
        if elapsed < end:
            return Place(index, end - elapsed)
    return Place(len(outline) - 1, end - elapsed)


def newly_made(attempt: Attempt, earlier: Sequence[Attempt]) -> tuple[str, ...]:
    """Points of this answer that none of the earlier ones made."""
    before = {point for one in earlier for point in one.made}
    return tuple(point for point in attempt.made if point not in before)


def no_longer_made(attempt: Attempt, earlier: Sequence[Attempt]) -> tuple[str, ...]:
    """Points missed now that the answer before made."""
    return tuple(point for point in attempt.missed if earlier and point in earlier[-1].made)
