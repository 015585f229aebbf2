"""From counts to scores: how far one feature's counts in the bins of a profile are from the reference.

What is lost against raw values: the Kolmogorov-Smirnov distance is measured at the bin edges only. It is never too
large, and too small by at most the share of one fine bin, about 1 %. The p-value is that of the chi-square test on
the groups.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from recsys.drift import statistics
from recsys.drift.profile import Counts, FeatureProfile

EXPECTED = 1.0
"""Rows that a chi-square test has to expect in each group at least (Cochran, Biometrics 1954)."""


@dataclass(frozen=True, slots=True)
class FeatureDrift:
    """How far a feature's current values are from the reference.

    `ks` is None for categories; `missing` is the share of rows without a value, now and in the reference; a feature
    of which no value is known has distance 0 and p-value 1: its drift is that of `missing`.
    """

    feature: str
    rows: int
    psi: float
    jensen_shannon: float
    ks: float | None
    p_value: float
    missing: float
    reference_missing: float


def score(name: str, feature: FeatureProfile, counts: ArrayLike, missing: int) -> FeatureDrift:
    """The drift of one feature from its counts in the profile's bins."""
    counted = np.asarray(counts)
    reference_rows, known = sum(feature.counts) + feature.missing, int(counted.sum())
    shares = missing / max(known + missing, 1), feature.missing / max(reference_rows, 1)
    if not known or not sum(feature.counts):
        return FeatureDrift(name, known + missing, 0.0, 0.0, None, 1.0, *shares)
    before, now = feature.grouped(feature.counts), feature.grouped(counted)
    return FeatureDrift(
        name,
        known + missing,
        statistics.psi(before, now),
        statistics.jensen_shannon(before, now),
        _binned_ks(np.asarray(feature.counts), counted) if feature.kind == "numeric" else None,
        statistics.chi_square(*_testable(before, now))[1],
        *shares,
    )


def _testable(before: Counts, now: Counts) -> tuple[Counts, Counts]:
    """The groups with the rare ones put together: where next to no row is expected, chi-square rejects too often.

    Such a group is there by design: below the reference's minimum, where a row falls now and then by chance.
    """
    expected = (before + now) * (min(before.sum(), now.sum()) / (before.sum() + now.sum()))
    rare = expected < EXPECTED
    if rare.any() and not rare.all() and expected[rare].sum() < EXPECTED:
        rare[np.argmin(np.where(rare, np.inf, expected))] = True  # the rest alone is still too rare
    return _pooled(before, rare), _pooled(now, rare)


def _pooled(counts: Counts, rare: NDArray[np.bool_]) -> Counts:
    return np.append(counts[~rare], counts[rare].sum())


def _binned_ks(reference: Any, current: Any) -> float:
    one, other = np.cumsum(reference) / reference.sum(), np.cumsum(current) / current.sum()
    return float(np.abs(one - other).max())
