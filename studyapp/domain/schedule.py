"""The memory model: FSRS-6 by the `fsrs` package, and the only module that knows it.

Stability is the number of days after which recall has fallen to 90 %; difficulty runs from 1 to 10; retrievability is
the probability of recall now. Formulas: github.com/open-spaced-repetition/awesome-fsrs/wiki/The-Algorithm.
"""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum

from fsrs import Card as FsrsCard
from fsrs import Rating, Scheduler, State
from fsrs.scheduler import DEFAULT_PARAMETERS

DAY_MS = 86_400_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LEECH_LAPSES = 8
MAXIMUM_INTERVAL_DAYS = 36_500
# from this many days on, the share by which an interval may be moved so that cards learnt together part (as in FSRS)
FUZZ = ((2.5, 7.0, 0.15), (7.0, 20.0, 0.10), (20.0, float("inf"), 0.05))


class Grade(IntEnum):
    """How well an answer was recalled."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4


class Phase(IntEnum):
    """Where a prompt stands in its life; the numbers are those of FSRS."""

    NEW = 0
    LEARNING = 1
    REVIEW = 2
    RELEARNING = 3


@dataclass(frozen=True, slots=True)
class Memory:
    """What is known of one prompt in one head; times in milliseconds since 1970, UTC."""

    phase: Phase = Phase.NEW
    step: int = 0
    stability: float = 0.0
    difficulty: float = 0.0
    due: int = 0
    last_review: int = 0
    reps: int = 0
    lapses: int = 0


class MemoryModel:
    """Says when a prompt is to be seen again, and how likely it is recalled until then."""

    def __init__(self, parameters: tuple[float, ...] = DEFAULT_PARAMETERS) -> None:
        self.parameters = parameters
        self._decay = -parameters[20]
        self._factor = 0.9 ** (1 / self._decay) - 1
        self._schedulers: dict[float, Scheduler] = {}

    def review(self, prompt_id: str, memory: Memory, grade: Grade, at: int, retention: float) -> Memory:
        """The memory after a grade given at `at`, aiming at `retention` (0 to 1) when it falls due.

        The same history gives the same result: the fuzz is drawn from the prompt's id and its number of reviews.
        """
        at = max(at, memory.last_review)  # a clock set back must not make time run backwards
        card, _ = self._scheduler(retention).review_card(_to_fsrs(memory), Rating(int(grade)), _moment(at))
        interval = card.due - _moment(at)
        if card.state is State.Review:
            interval = _fuzzed(interval, f"{prompt_id}:{memory.reps}")
        lapsed = memory.phase is Phase.REVIEW and grade is Grade.AGAIN
        return Memory(
            phase=Phase(int(card.state)),
            step=card.step or 0,
            stability=card.stability or 0.0,
            difficulty=card.difficulty or 0.0,
            due=at + round(interval.total_seconds() * 1000),
            last_review=at,
            reps=memory.reps + 1,
            lapses=memory.lapses + lapsed,
        )

    def preview(self, prompt_id: str, memory: Memory, at: int, retention: float) -> dict[Grade, int]:
        """Milliseconds until the prompt would be due again, for each grade."""
        return {grade: self.review(prompt_id, memory, grade, at, retention).due - at for grade in Grade}

    def retrievability(self, memory: Memory, at: int) -> float:
        """Probability of recall at `at`; 0 for a prompt never seen."""
        if memory.phase is Phase.NEW or memory.stability <= 0:
            return 0.0
        days = max(0, at - memory.last_review) / DAY_MS
        return float((1 + self._factor * days / memory.stability) ** self._decay)

    def _scheduler(self, retention: float) -> Scheduler:
        if retention not in self._schedulers:
            self._schedulers[retention] = Scheduler(
                self.parameters,
                desired_retention=retention,
                maximum_interval=MAXIMUM_INTERVAL_DAYS,
                enable_fuzzing=False,  # the package draws its fuzz from the global random state
            )
        return self._schedulers[retention]


def checked_parameters(values: object) -> tuple[float, ...]:
    """The 21 parameters of FSRS-6 from plain values. Raises ValueError when they are none, or out of bounds."""
    if not isinstance(values, list | tuple) or not all(type(value) in (int, float) for value in values):
        raise ValueError("the parameters of a memory are a list of numbers")
    Scheduler(parameters := tuple(map(float, values)))
    return parameters


def is_leech(memory: Memory) -> bool:
    """Whether a prompt has been forgotten so often that it should be rewritten: 8 lapses, then each 4 more."""
    over = memory.lapses - LEECH_LAPSES
    return over >= 0 and over % (LEECH_LAPSES // 2) == 0


def _to_fsrs(memory: Memory) -> FsrsCard:
    if memory.phase is Phase.NEW:
        return FsrsCard(card_id=1, due=_moment(0))
    return FsrsCard(
        card_id=1,  # without an id the package sleeps a millisecond to mint one
        state=State(int(memory.phase)),
        step=None if memory.phase is Phase.REVIEW else memory.step,
        stability=memory.stability,
        difficulty=memory.difficulty,
        due=_moment(memory.due),
        last_review=_moment(memory.last_review),
    )


def _moment(ms: int) -> datetime:
    return EPOCH + timedelta(milliseconds=ms)


def _fuzzed(interval: timedelta, seed: str) -> timedelta:
    days = interval.days
    if days < FUZZ[0][0]:
        return interval
    spread = 1.0 + sum(share * max(0.0, min(days, end) - start) for start, end, share in FUZZ)
    low = max(2, round(days - spread))
    high = min(MAXIMUM_INTERVAL_DAYS, round(days + spread))
    return timedelta(days=random.Random(seed).randint(low, high))
