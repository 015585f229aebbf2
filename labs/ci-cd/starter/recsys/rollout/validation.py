"""The first gate: is this data fit to train on? Yours to write.

Limits of single columns are those of the quality gate (`recsys.drift.quality`, see `Expectations.violations`). A training
run adds what only shows in the table as a whole. As it stands any data will do.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recsys.drift.quality import Expectations

Table = Mapping[str, NDArray[np.generic]]


@dataclass(frozen=True, slots=True)
class TrainingRules:
    """Limits of a training table: its columns', the change of its rows since the run before, the ids that make a row.

    `time` names a column in seconds since 1970; the newest row's age is held against `expectations.age`.
    """

    expectations: Expectations
    ids: tuple[str, ...]
    time: str
    max_change: float = 0.5
    max_repeated: float = 0.01


def validate(table: Table, rules: TrainingRules, *, now: float, rows_before: int | None = None) -> list[str]:
    """What is wrong with a table of equally long columns, in words; an empty list lets it pass."""
    # step 2: columns that are missing or differ in length make everything else meaningless; then the quality gate with
    # the newest row's age, the number of rows against last time, rows from the future, and the ids
    return []


def _size(rows: int, before: int | None, max_change: float) -> Iterator[str]:
    """Half or twice the rows of last time."""
    # step 2
    yield from ()


def _identity(columns: Sequence[NDArray[np.generic]], rules: TrainingRules) -> Iterator[str]:
    """Rows without an id, and rows that stand there more than once."""
    # step 2
    yield from ()
