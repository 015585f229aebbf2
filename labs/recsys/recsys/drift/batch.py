"""The daily check: a whole reference against a whole day, exactly, from raw values.

Each numeric column is sorted once; quantile edges, counts, PSI and the exact Kolmogorov-Smirnov statistic all come
from the two sorted arrays. That is why a million rows of twenty features against a million take about a second.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from recsys.drift.profile import CategoricalProfile, NumericProfile, counts_between
from recsys.drift.score import FeatureDrift, score
from recsys.drift.statistics import known_sorted, ks_sorted


def compare(
    reference: Mapping[str, ArrayLike], current: Mapping[str, ArrayLike], *, bins: int = 10, categories: int = 50
) -> list[FeatureDrift]:
    """The drift of each column of `reference` in `current`; `ks` is exact, and for numbers `p_value` is that of the
    KS test.

    Raises KeyError that names a column which `current` does not have.
    """
    absent = [name for name in reference if name not in current]
    if absent:
        raise KeyError(f"the current data lack {', '.join(absent)}")
    return [
        _compare_numbers(name, np.asarray(column), np.asarray(current[name]), bins)
        if np.asarray(column).dtype.kind in "fiu"
        else _compare_categories(name, column, current[name], categories)
        for name, column in reference.items()
    ]


def _compare_numbers(name: str, reference: ArrayLike, current: ArrayLike, bins: int) -> FeatureDrift:
    before, now = known_sorted(reference), known_sorted(current)
    rows, rows_now = np.shape(reference)[0], np.shape(current)[0]
    profile = NumericProfile.fit_sorted(before, rows, bins, resolution=1)
    drift = score(name, profile, counts_between(now, np.array(profile.edges)), rows_now - len(now))
    if not len(now):
        return drift
    statistic, p_value = ks_sorted(before, now)
    return replace(drift, ks=statistic, p_value=p_value)


def _compare_categories(name: str, reference: ArrayLike, current: ArrayLike, categories: int) -> FeatureDrift:
    profile = CategoricalProfile.fit(reference, categories)
    return score(name, profile, *profile.count(current))
