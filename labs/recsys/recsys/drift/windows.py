"""Drift of live traffic: windows of counts that cost O(1) a request and can be merged.

A request adds one to one bin for each feature, found by bisection in about a hundred edges; no value is kept. Windows
of the same profile add up: threads, processes and replicas each fill their own and are merged when scores are wanted,
in any order, with the result that one window would have had. `RollingWindow` keeps a ring of them, so that the scores
are of the last hour and not of all time.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from recsys.drift.profile import ReferenceProfile
from recsys.drift.score import FeatureDrift, score


class Window:
    """Counts of the rows seen, in the bins of one profile. Not for two threads at once: give each its own and merge."""

    def __init__(self, profile: ReferenceProfile) -> None:
        self._profile = profile
        self._counts = {name: [0] * len(feature.counts) for name, feature in profile.features.items()}
        self._missing = dict.fromkeys(profile.features, 0)
        self._bins = [(name, feature.position, self._counts[name]) for name, feature in profile.features.items()]
        self.rows = 0

    def update(self, row: Mapping[str, Any]) -> None:
        """Count one row: feature name -> value; a feature that is absent, None or NaN is missing."""
        self.rows += 1
        for name, position, counts in self._bins:
            bin_ = position(row.get(name))
            if bin_ is None:
                self._missing[name] += 1
            else:
                counts[bin_] += 1

    def update_many(self, columns: Mapping[str, ArrayLike]) -> None:
        """Count columns (n,) of a batch at once. Raises ValueError for columns of different length."""
        lengths = {len(np.asarray(column)) for column in columns.values()}
        if len(lengths) != 1:
            raise ValueError(f"the columns of a batch have one length, not {sorted(lengths)}")
        rows = lengths.pop()
        self.rows += rows
        for name, feature in self._profile.features.items():
            if name in columns:
                counts, missing = feature.count(columns[name])
                self._counts[name][:] = (np.asarray(self._counts[name]) + counts).tolist()
                self._missing[name] += missing
            else:
                self._missing[name] += rows

    def merge(self, other: Window) -> None:
        """Add another window's counts to this one's. Raises ValueError where it belongs to another profile."""
        if other._profile.fingerprint != self._profile.fingerprint:
            raise ValueError("only windows of the same reference profile can be merged")
        self.rows += other.rows
        for name, counts in self._counts.items():
            counts[:] = [mine + theirs for mine, theirs in zip(counts, other._counts[name], strict=True)]
            self._missing[name] += other._missing[name]

    def scores(self, profile: ReferenceProfile) -> list[FeatureDrift]:
        """The drift of each feature. Raises ValueError for another profile than that of the window."""
        if profile.fingerprint != self._profile.fingerprint:
            raise ValueError("the window was counted in the bins of another reference profile")
        return [
            score(name, feature, self._counts[name], self._missing[name]) for name, feature in profile.features.items()
        ]


class RollingWindow:
    """The last `length` seconds of traffic, in a ring of windows of which the oldest falls out."""

    def __init__(
        self,
        profile: ReferenceProfile,
        length: float = 3600.0,
        slots: int = 12,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Cover at least `length` seconds and at most one slot more."""
        self._profile, self._slot, self._clock = profile, length / slots, clock
        self._ring: deque[tuple[int, Window]] = deque(maxlen=slots + 1)

    def update(self, row: Mapping[str, Any]) -> None:
        """Count one row in the present slot."""
        self._present().update(row)

    def window(self) -> Window:
        """The slots of the last `length` seconds merged into one window."""
        merged, oldest = Window(self._profile), self._number() - (self._ring.maxlen or 0)
        for number, window in self._ring:
            if number > oldest:
                merged.merge(window)
        return merged

    def _number(self) -> int:
        return int(self._clock() // self._slot)

    def _present(self) -> Window:
        number = self._number()
        if not self._ring or self._ring[-1][0] != number:
            self._ring.append((number, Window(self._profile)))
        return self._ring[-1][1]
