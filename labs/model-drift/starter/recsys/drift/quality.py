"""The data-quality gate: is it the world that changed, or the pipeline that broke? What looks at the data is yours.

As it stands it lets everything through. Rules are plain limits; how they are derived from a reference is given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from recsys.drift.profile import CategoricalProfile, NumericProfile, ReferenceProfile
from recsys.drift.score import score


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """Limits of one column; None is no limit. `outside` is the share allowed beyond the range or the categories."""

    minimum: float | None = None
    maximum: float | None = None
    categories: frozenset[str] | None = None
    missing: float = 0.05
    outside: float = 0.01
    constant: bool = False


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that the data break; `column` is empty where it concerns the whole table."""

    column: str
    reason: str

    def __str__(self) -> str:
        return f"{self.column}: {self.reason}" if self.column else self.reason


@dataclass(frozen=True)
class Expectations:
    """What a table must be like to be looked at: its rows, their age in seconds, its columns."""

    rows: int = 1
    age: float | None = None
    columns: Mapping[str, ColumnRule] = field(default_factory=dict)

    @classmethod
    def from_profile(cls, profile: ReferenceProfile, *, rows: int = 1000, age: float | None = None) -> Expectations:
        """Limits that the reference meets with slack: half its range to either side, missing values 5 points more."""
        rules = {}
        for name, feature in profile.features.items():
            missing = score(name, feature, feature.counts, feature.missing).missing + 0.05
            if isinstance(feature, NumericProfile):
                rules[name] = _numeric_rule(feature, missing)
            else:
                rules[name] = _categorical_rule(feature, missing)
        return cls(rows, age, rules)

    def violations(self, columns: Mapping[str, ArrayLike], age: float = 0.0) -> list[Violation]:
        """Every rule that `columns` (n,) each, whose newest row is `age` seconds old, break; none means: go on."""
        # step 6: too few rows, too old, a column that is not there; then what `_broken` says of each column
        return []


def _numeric_rule(feature: NumericProfile, missing: float) -> ColumnRule:
    slack = (feature.maximum - feature.minimum) / 2
    lowest, highest = feature.minimum - slack, feature.maximum + slack
    return ColumnRule(lowest, highest, missing=missing, constant=feature.minimum == feature.maximum)


def _categorical_rule(feature: CategoricalProfile, missing: float) -> ColumnRule:
    known = sum(feature.counts)
    others = feature.counts[-1] / known if known else 1.0
    return ColumnRule(None, None, frozenset(feature.categories), missing, min(1.0, others + 0.05), constant=True)


def _broken(rule: ColumnRule, values: np.ndarray) -> list[str]:
    """Why a column breaks its rule, a reason for each limit that it is beyond."""
    # step 6: too many missing; the same value in each row, where the rule forbids it; too many outside
    return []


def _known(values: np.ndarray) -> np.ndarray:
    if values.dtype.kind in "fiu":
        return np.asarray(values[~np.isnan(values)])
    return np.array([value for value in values if value is not None and value == value])


def _outside(rule: ColumnRule, known: np.ndarray) -> np.ndarray:
    """Which of the known values are beyond the range, or in no known category."""
    # step 6
    return np.zeros(len(known), bool)
