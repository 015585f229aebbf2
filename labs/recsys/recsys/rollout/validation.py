"""The first gate: is this data fit to train on?

Why before training: a model trained on a broken day looks fine on a holdout cut from the same broken day. Most
incidents blamed on "drift" are a column that turned into nulls, a unit that changed, a job that ran twice or
not at all. Limits of single columns are those of the quality gate (`recsys.drift.quality`); a training run adds
what only shows in the table as a whole and against the run before: its size, repeated rows, rows without an id,
the future.
Source: Breck et al., "Data Validation for Machine Learning", MLSys 2019.
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
    needed = {*rules.ids, rules.time, *rules.expectations.columns}
    if missing := sorted(needed - table.keys()):
        return [f"{name}: the column is not there" for name in missing]
    sizes = {len(values) for values in table.values()}
    if len(sizes) > 1:
        return ["the columns differ in length"]
    times = table[rules.time].astype(np.float64)
    age = now - float(times.max(initial=-np.inf))
    problems = [str(violation) for violation in rules.expectations.violations(table, age=age)]
    problems += _size(sizes.pop(), rows_before, rules.max_change)
    if age < 0:
        problems.append(f"{rules.time}: {int((times > now).sum()):,} rows from the future; check clock and time zone")
    return [*problems, *_identity([table[name] for name in rules.ids], rules)]


def _size(rows: int, before: int | None, max_change: float) -> Iterator[str]:
    if before and abs(rows / before - 1) > max_change:
        yield f"{rows:,} rows after {before:,} last time: did a job run twice, or not at all?"


def _identity(columns: Sequence[NDArray[np.generic]], rules: TrainingRules) -> Iterator[str]:
    for name, values in zip(rules.ids, columns, strict=True):
        if empty := sum(value is None or value == "" for value in values.tolist()):
            yield f"{name}: {empty:,} rows have none"
    rows = list(zip(*(values.tolist() for values in columns), strict=True))
    repeated = len(rows) - len(set(rows))
    if repeated > rules.max_repeated * len(rows):
        yield f"{repeated:,} rows repeat another row's {', '.join(rules.ids)}"
