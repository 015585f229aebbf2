"""The most that any schedule could reach: dynamic programming over one card, as if a day had no end.

Every second has a price; for each price the best course of a card is found backwards from the interview: after each
review, the best number of days until the next one (or none), and the best day for the first sight. The planner never
knows as much: the bound is given the learner's true curve. Stability (logarithmic) and difficulty lie on a grid and are
interpolated, which moves recall by about a tenth of a point.
"""

from dataclasses import dataclass

import numpy as np

from studyapp.domain.pacing import Pace
from studyapp.simulation import memory
from studyapp.simulation.learners import Learner
from studyapp.simulation.memory import Floats, Ints

PRICES = (0.004, 0.003, 0.0025, 0.002, 0.0017, 0.0014, 0.0012, 0.001, 0.0008, 0.0006, 0.0005, 0.0004, 0.0003, 0.0002)
STABILITIES = np.linspace(np.log(0.01), np.log(400.0), 60)
DIFFICULTIES = np.linspace(1.0, 10.0, 10)


@dataclass(frozen=True, slots=True)
class Place:
    """Where points lie between the knots of the grid."""

    row: Ints
    column: Ints
    down: Floats
    right: Floats

    @classmethod
    def of(cls, stability: Floats, difficulty: Floats) -> "Place":
        """The place of (stability, difficulty); what lies outside is moved to the edge."""
        rows, columns = len(STABILITIES) - 1, len(DIFFICULTIES) - 1
        y = (np.log(np.maximum(stability, 1e-4)) - STABILITIES[0]) / (STABILITIES[1] - STABILITIES[0])
        x = (difficulty - DIFFICULTIES[0]) / (DIFFICULTIES[1] - DIFFICULTIES[0])
        y, x = np.clip(y, 0, rows - 1e-9), np.clip(x, 0, columns - 1e-9)
        return cls(y.astype(np.int64), x.astype(np.int64), y - np.floor(y), x - np.floor(x))

    def read(self, table: Floats) -> Floats:
        """Bilinear interpolation in a table over the grid; leading axes stay."""
        upper, lower = (
            table[..., row, self.column] * (1 - self.right) + table[..., row, self.column + 1] * self.right
            for row in (self.row, self.row + 1)
        )
        return np.asarray(upper * (1 - self.down) + lower * self.down)


def best_courses(days: int, cards: int, learner: Learner, pace: Pace) -> list[tuple[float, float]]:
    """(minutes, recall) of the best course of all cards, for each price of a second."""
    steps = [_step(gap, learner) for gap in range(1, days)]
    courses = [_best(price, days, steps, learner, pace) for price in PRICES]
    return [(seconds * cards / 60, recall) for recall, seconds in courses]


def _step(gap: int, learner: Learner) -> tuple[Floats, list[tuple[float, Place]]]:
    """After `gap` days: true recall on the grid; for each grade its share of the recalled (again: 0) and its place."""
    stability, difficulty = np.meshgrid(np.exp(STABILITIES), DIFFICULTIES, indexing="ij")
    age = np.asarray(float(gap))
    believed = memory.recall(age, stability)
    shares = (0.0, *memory.RECALLED)
    places = [
        Place.of(*memory.reviewed(stability, difficulty, believed, np.full(stability.shape, grade)))
        for grade in range(1, 5)
    ]
    return learner.recall(age, stability), list(zip(shares, places, strict=True))


def _best(
    price: float, days: int, steps: list[tuple[Floats, list[tuple[float, Place]]]], learner: Learner, pace: Pace
) -> tuple[float, float]:
    """(recall, seconds) of a card's best course at this price."""
    stability = np.meshgrid(np.exp(STABILITIES), DIFFICULTIES, indexing="ij")[0]
    # [days left] -> (recall at the interview, seconds still to come) right after a review
    table = np.zeros((days + 1, 2, *stability.shape))
    for left in range(1, days + 1):
        best = np.stack([learner.recall(np.asarray(float(left)), stability), np.zeros_like(stability)])
        for gap in range(1, left):
            then = _after(table[left - gap], *steps[gap - 1], pace)
            better = then[0] - price * then[1] > best[0] - price * best[1]
            best = np.where(better, then, best)
        table[left] = best
    starts = [_begun(table[left], pace) for left in range(1, days + 1)]
    recall, seconds = max(starts, key=lambda start: start[0] - price * start[1])
    return float(recall), float(seconds)


def _after(table: Floats, recalled: Floats, outcomes: list[tuple[float, Place]], pace: Pace) -> Floats:
    """Expected (recall, seconds) when the next review happens then."""
    again = outcomes[0][1].read(table)
    kept = sum(share * place.read(table) for share, place in outcomes[1:])
    mixed = recalled * kept + (1 - recalled) * again
    mixed[1] += recalled * pace.recalled + (1 - recalled) * pace.forgotten
    return np.asarray(mixed)


def _begun(table: Floats, pace: Pace) -> Floats:
    """Expected (recall, seconds) of a card first seen with this many days left."""
    stability, difficulty = memory.begun(np.arange(1, 5))
    mixed = (Place.of(stability, difficulty).read(table) * memory.FIRST).sum(axis=-1)
    return np.asarray(mixed + np.array([0.0, pace.new]))
