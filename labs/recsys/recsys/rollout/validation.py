"""The first gate: is this data fit to train on?

Why before training: a model trained on a broken day looks fine on a holdout cut from the same broken day. Most
incidents blamed on "drift" are a column that turned into nulls, a unit that changed, a job that ran twice or
not at all. These checks are cheap, say what is wrong in words, and stop the pipeline; comparing distributions
(`recsys.drift`) comes after them.
Source: Breck et al., "Data Validation for Machine Learning", MLSys 2019.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Table = Mapping[str, NDArray[np.generic]]


@dataclass(frozen=True, slots=True)
class Column:
    """What one column must look like; `filled` is the least share of rows with a value."""

    name: str
    filled: float = 1.0
    low: float | None = None
    high: float | None = None
    allowed: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Expectations:
    """What a table must look like; `max_change` bounds its rows against the run before, `max_age` is in seconds."""

    columns: tuple[Column, ...]
    min_rows: int = 1
    max_change: float = 0.5
    unique: tuple[str, ...] = ()
    time: str | None = None
    max_age: float = 86_400.0


def validate(table: Table, expected: Expectations, *, now: float, rows_before: int | None = None) -> list[str]:
    """What is wrong with a table of equally long columns, in words; an empty list lets it pass."""
    missing = [column.name for column in expected.columns if column.name not in table]
    if missing:
        return [f"{name}: the column is missing" for name in missing]
    if len({len(values) for values in table.values()}) > 1:
        return ["the columns differ in length"]
    rows = len(table[expected.columns[0].name])
    problems = list(_size(rows, rows_before, expected))
    if rows:
        for column in expected.columns:
            problems += _column(column, table[column.name])
        problems += [*_duplicates(table, expected.unique), *_age(table, expected, now)]
    return problems


def _size(rows: int, before: int | None, expected: Expectations) -> Iterator[str]:
    if rows < expected.min_rows:
        yield f"{rows:,} rows, need {expected.min_rows:,}"
    if before and abs(rows / before - 1) > expected.max_change:
        yield f"{rows:,} rows after {before:,} last time: did a job run twice, or not at all?"


def _column(column: Column, values: NDArray[np.generic]) -> Iterator[str]:
    present = values[~_empty(values)]
    filled = len(present) / len(values)
    if filled < column.filled:
        yield f"{column.name}: {1 - filled:.1%} of the rows have no value (at most {1 - column.filled:.1%})"
    if column.allowed is not None and (unknown := set(present.astype(str)) - column.allowed):
        yield f"{column.name}: unknown values {', '.join(sorted(unknown)[:5])}"
    if (column.low is None and column.high is None) or not len(present):
        return
    numbers = present.astype(np.float64)
    if column.low is not None and numbers.min() < column.low:
        yield f"{column.name}: below {column.low:g} (down to {numbers.min():g})"
    if column.high is not None and numbers.max() > column.high:
        yield f"{column.name}: above {column.high:g} (up to {numbers.max():g})"


def _empty(values: NDArray[np.generic]) -> NDArray[np.bool_]:
    """None, an empty string or NaN."""
    if values.dtype.kind in "fOU":
        return np.array([value is None or value == "" or value != value for value in values.tolist()], dtype=bool)
    return np.zeros(len(values), dtype=bool)


def _duplicates(table: Table, names: tuple[str, ...]) -> Iterator[str]:
    if not names:
        return
    rows = list(zip(*(table[name].tolist() for name in names), strict=True))
    if doubled := len(rows) - len(set(rows)):
        yield f"{doubled:,} rows repeat another row's {', '.join(names)}"


def _age(table: Table, expected: Expectations, now: float) -> Iterator[str]:
    if expected.time is None:
        return
    newest = float(table[expected.time].astype(np.float64).max())
    if now - newest > expected.max_age:
        yield f"{expected.time}: the newest row is {(now - newest) / 3600:.1f} hours old"
    if newest > now:
        yield f"{expected.time}: rows from the future; check the clock and the time zone"
