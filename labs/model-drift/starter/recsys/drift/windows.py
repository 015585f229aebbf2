"""Drift of live traffic: windows of counts that cost O(1) a request and can be merged. The counting is yours to write.

As it stands no request is counted, and the service reports that nothing drifts. How counts become scores is given
(`score.py`); so is the profile, whose features know their bins: `feature.position(value)` is the bin of one value, None
where it is missing, and `feature.count(column)` the counts of many and how many are missing.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from numpy.typing import ArrayLike

from recsys.drift.profile import ReferenceProfile
from recsys.drift.score import FeatureDrift, score


class Window:
    """Counts of the rows seen, in the bins of one profile. Not for two threads at once: give each its own and merge."""

    def __init__(self, profile: ReferenceProfile) -> None:
        self._profile = profile
        self._counts = {name: [0] * len(feature.counts) for name, feature in profile.features.items()}
        self._missing = dict.fromkeys(profile.features, 0)
        # step 4: the counters are given; step 10: what `update` looks up for every request may be looked up here, once
        self.rows = 0

    def update(self, row: Mapping[str, Any]) -> None:
        """Count one row: feature name -> value; a feature that is absent, None or NaN is missing."""
        # step 4: one bin more for each feature, or one missing; keep no value; step 10: and look nothing up twice
        pass

    def update_many(self, columns: Mapping[str, ArrayLike]) -> None:
        """Count columns (n,) of a batch at once. Raises ValueError for columns of different length."""
        # step 4: a column that is absent is missing in every row
        pass

    def merge(self, other: Window) -> None:
        """Add another window's counts to this one's. Raises ValueError where it belongs to another profile."""
        # step 4: profiles are equal where their fingerprints are
        pass

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
        # step 5: number the slots by the clock; open a window where a new one has begun
        # step 10: the work of a request must not grow with bins or slots
        pass

    def window(self) -> Window:
        """The slots of the last `length` seconds merged into one window."""
        # step 5: also where nothing came for hours, and so nothing pushed the old out
        return Window(self._profile)

    def _number(self) -> int:
        """The number of the present slot."""
        # step 5
        return 0

    def _present(self) -> Window:
        """The window of the present slot, opened where a new one has begun."""
        # step 5
        return Window(self._profile)
