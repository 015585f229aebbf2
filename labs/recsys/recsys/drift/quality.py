"""The data-quality gate: is it the world that changed, or the pipeline that broke?

A broken join, a unit switched from seconds to milliseconds, a client that sends nothing: each looks like drift, and a
model retrained on it learns the bug. So the gate comes first, and what does not pass is neither scored for drift nor
trained on. Rules are plain limits, `Expectations.from_profile` derives them from the reference with some slack.
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
        found = []
        rows = min((len(np.asarray(column)) for column in columns.values()), default=0)
        if rows < self.rows:
            found.append(Violation("", f"{rows} rows, at least {self.rows} are expected: is a source missing?"))
        if self.age is not None and age > self.age:
            found.append(Violation("", f"the newest row is {age:.0f} s old, at most {self.age:.0f} s are allowed"))
        for name, rule in self.columns.items():
            if name not in columns:
                found.append(Violation(name, "the column is not there"))
            elif rows:
                found += [Violation(name, reason) for reason in _broken(rule, np.asarray(columns[name]))]
        return found


def _numeric_rule(feature: NumericProfile, missing: float) -> ColumnRule:
    slack = (feature.maximum - feature.minimum) / 2
    lowest, highest = feature.minimum - slack, feature.maximum + slack
    return ColumnRule(lowest, highest, missing=missing, constant=feature.minimum == feature.maximum)


def _categorical_rule(feature: CategoricalProfile, missing: float) -> ColumnRule:
    known = sum(feature.counts)
    others = feature.counts[-1] / known if known else 1.0
    return ColumnRule(None, None, frozenset(feature.categories), missing, min(1.0, others + 0.05), constant=True)


def _broken(rule: ColumnRule, values: np.ndarray) -> list[str]:
    known = _known(values)
    reasons = []
    missing = (len(values) - len(known)) / len(values)  # not 1 - known / all: that makes 5 % a little more than 5 %
    if missing > rule.missing:
        reasons.append(f"{missing:.1%} are missing, at most {rule.missing:.1%} are allowed")
    if not len(known):
        return reasons
    if not rule.constant and len(values) > 1 and (known == known[0]).all():
        reasons.append(f"every value is {known[0]}: a default where a source failed?")
    outside = float(_outside(rule, known).mean())
    if outside > rule.outside:
        expected = f"{rule.minimum:g} to {rule.maximum:g}" if rule.categories is None else "the known categories"
        reasons.append(f"{outside:.1%} lie outside {expected}, at most {rule.outside:.1%} are allowed")
    return reasons


def _known(values: np.ndarray) -> np.ndarray:
    if values.dtype.kind in "fiu":
        return np.asarray(values[~np.isnan(values)])
    return np.array([value for value in values if value is not None and value == value])


def _outside(rule: ColumnRule, known: np.ndarray) -> np.ndarray:
    if rule.categories is not None:
        return np.array([str(value) not in rule.categories for value in known])
    lowest = -np.inf if rule.minimum is None else rule.minimum
    highest = np.inf if rule.maximum is None else rule.maximum
    return ~((known >= lowest) & (known <= highest))
