"""Reference profiles: what the training data looked like, small enough to be saved with the model.

A numeric feature keeps its counts in bins whose edges are quantiles of the reference, so each bin holds about the
same share and none starts out empty; a categorical one keeps its most frequent categories and one bin for all others.
The profile of millions of rows is about three kilobytes of JSON a feature and goes into the model's registry entry:
model and reference cannot drift apart.

Numeric bins come in two widths: `fine` ones (1 % each) for the distribution function, and their groups of about 10 %
for PSI, whose customary bands assume about ten bins. The leftmost bin lies below the smallest reference value: a
constant that falls is seen, too.
"""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from recsys.drift.statistics import Floats, known_sorted

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class NumericProfile:
    """Counts of a numeric feature between `edges`; bin i holds edges[i - 1] < value <= edges[i]."""

    edges: tuple[float, ...]
    groups: tuple[int, ...]
    counts: tuple[int, ...]
    missing: int
    minimum: float
    maximum: float
    mean: float
    kind: str = "numeric"

    @classmethod
    def fit(cls, column: ArrayLike, bins: int, resolution: int) -> NumericProfile:
        """Profile values (n,) in `bins` groups of `resolution` fine bins; raises ValueError where none is known."""
        values = np.asarray(column)
        return cls.fit_sorted(known_sorted(values), len(values), bins, resolution)

    @classmethod
    def fit_sorted(cls, known: Floats, rows: int, bins: int, resolution: int) -> NumericProfile:
        """`fit` for values that are sorted already, of `rows` rows of which the others are missing."""
        if not len(known):
            raise ValueError("a numeric feature without one known value has no profile")
        if not np.isfinite([known[0], known[-1]]).all():
            raise ValueError("a numeric feature with infinite values has no profile: let the quality gate refuse them")
        below = np.nextafter(np.float64(known[0]), -np.inf)
        fine = np.arange(1, bins * resolution) * len(known) // (bins * resolution)
        edges = np.unique(np.concatenate([[below], known[fine]]))
        coarse = np.unique(np.concatenate([[below], known[fine[resolution - 1 :: resolution]]]))
        groups = np.concatenate([[0], np.searchsorted(edges, coarse) + 1])
        counts = counts_between(known, edges)
        return cls(
            tuple(edges.tolist()),
            tuple(groups.tolist()),
            tuple(counts.tolist()),
            rows - len(known),
            float(known[0]),
            float(known[-1]),
            float(known.mean()),
        )

    def position(self, value: Any) -> int | None:
        """The bin of one value, None where it is missing."""
        return None if _is_missing(value) else bisect_left(self.edges, value)

    def count(self, column: ArrayLike) -> tuple[Counts, int]:
        """Counts of values (n,) in the bins, and how many are missing."""
        values = np.asarray(column, np.float64)
        known = values[~np.isnan(values)]
        positions = np.searchsorted(self.edges, known)
        return np.bincount(positions, minlength=len(self.counts)), len(values) - len(known)

    def grouped(self, counts: ArrayLike) -> Counts:
        """Fine counts summed into the groups that PSI compares."""
        return np.add.reduceat(np.asarray(counts, np.int64), self.groups)


@dataclass(frozen=True)
class CategoricalProfile:
    """Counts of the `categories`, in their order, and last of all others."""

    categories: tuple[str, ...]
    counts: tuple[int, ...]
    missing: int
    kind: str = "categorical"

    @classmethod
    def fit(cls, column: ArrayLike, limit: int) -> CategoricalProfile:
        """Profile values (n,) by their `limit` most frequent categories."""
        values = np.asarray(column, object)
        tally = Counter(str(value) for value in values if not _is_missing(value))
        frequent = tally.most_common(limit)
        others = tally.total() - sum(count for _, count in frequent)
        names = tuple(name for name, _ in frequent)
        return cls(names, (*(count for _, count in frequent), others), len(values) - tally.total())

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {name: position for position, name in enumerate(self.categories)}

    def position(self, value: Any) -> int | None:
        """The bin of one value, None where it is missing."""
        return None if _is_missing(value) else self._positions.get(str(value), len(self.categories))

    def count(self, column: ArrayLike) -> tuple[Counts, int]:
        """Counts of values (n,) in the bins, and how many are missing."""
        positions = [self.position(value) for value in np.asarray(column, object)]
        known = [position for position in positions if position is not None]
        return np.bincount(known, minlength=len(self.counts)).astype(np.int64), len(positions) - len(known)

    def grouped(self, counts: ArrayLike) -> Counts:
        """The counts as they are: categories are their own groups."""
        return np.asarray(counts, np.int64)


FeatureProfile = NumericProfile | CategoricalProfile
_KINDS: Mapping[str, Callable[..., FeatureProfile]] = {"numeric": NumericProfile, "categorical": CategoricalProfile}


def _restored(fields: Mapping[str, Any]) -> FeatureProfile:
    tuples = {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}
    return _KINDS[fields["kind"]](**tuples)


def _is_missing(value: Any) -> bool:
    return value is None or value != value


@dataclass(frozen=True)
class ReferenceProfile:
    """The profile of every feature of a reference data set."""

    features: Mapping[str, FeatureProfile]

    @classmethod
    def fit(
        cls, columns: Mapping[str, ArrayLike], *, bins: int = 10, resolution: int = 10, categories: int = 50
    ) -> ReferenceProfile:
        """Profile columns (n,) each: numbers by quantiles, everything else by category."""
        features: dict[str, FeatureProfile] = {}
        for name, column in columns.items():
            if np.asarray(column).dtype.kind in "fiu":
                features[name] = NumericProfile.fit(column, bins, resolution)
            else:
                features[name] = CategoricalProfile.fit(column, categories)
        return cls(features)

    def to_json(self) -> str:
        """The profile as JSON, equal for equal profiles."""
        return json.dumps({name: asdict(feature) for name, feature in self.features.items()}, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> ReferenceProfile:
        """Read what `to_json` wrote. Raises ValueError where it is something else."""
        try:
            stored = json.loads(text)
            return cls({name: _restored(fields) for name, fields in stored.items()})
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError(f"this is no reference profile: {error}") from error

    @cached_property
    def fingerprint(self) -> str:
        """Digest of the whole profile; counts may only be merged or compared within one profile."""
        return hashlib.blake2b(self.to_json().encode(), digest_size=16).hexdigest()


def counts_between(known: Floats, edges: Floats) -> Counts:
    """Counts of sorted values in the bins between `edges`, in O(edges log n)."""
    up_to = np.searchsorted(known, edges, side="right")
    return np.diff(np.concatenate([[0], up_to, [len(known)]]))
