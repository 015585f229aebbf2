"""How far apart two samples are: PSI, Kullback-Leibler, Jensen-Shannon and Kolmogorov-Smirnov are yours to write.

As it stands every distance is 0, so nothing ever drifts. Chi-square and Wasserstein are given. The first four compare
counts in bins, the last two raw values. The public names and signatures are what the windows, the daily check and the
service rely on; what begins with an underscore is a suggestion.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc

PRIOR: Final = 0.5
"""What is added to the count of each bin: half an observation (Jeffreys)."""
_LARGE: Final = 10_000
_STRIDE: Final = 64
Floats = NDArray[np.float64]


def shares(reference: ArrayLike, current: ArrayLike, prior: float = PRIOR) -> tuple[Floats, Floats]:
    """Two rows of counts as smoothed shares, each summing to 1, without the bins that are empty in both.

    Raises ValueError for negative counts, rows of unequal length, or a row without any count.
    """
    # step 1: refuse what are no counts, drop bins that nobody fills, add the prior, divide by the sum
    return np.ones(1), np.ones(1)


def psi(reference: ArrayLike, current: ArrayLike, prior: float = PRIOR) -> float:
    """PSI of two rows of counts, sum of (p - q) ln(p / q); infinite for empty bins at prior 0."""
    # step 1
    return 0.0


def psi_threshold(bins: int, reference: int, current: int, level: float = 0.01) -> float:
    """The PSI that unchanged samples of these sizes exceed with probability `level`: a scaled chi-square quantile."""
    # step 7
    return 0.0


def kl(reference: ArrayLike, current: ArrayLike, prior: float = PRIOR) -> float:
    """Kullback-Leibler divergence of the current from the reference counts, in nats: sum of q ln(q / p)."""
    # step 2
    return 0.0


def jensen_shannon(reference: ArrayLike, current: ArrayLike, prior: float = PRIOR) -> float:
    """Jensen-Shannon divergence of two rows of counts in bits: 0 for equal, 1 for disjoint shares."""
    # step 2
    return 0.0


def chi_square(reference: ArrayLike, current: ArrayLike) -> tuple[float, float]:
    """Statistic and p-value of Pearson's test that two rows of counts share one distribution; empty categories are
    left out.

    The approximation wants expected counts of about 5: merge rarer categories.
    """
    table = np.array([reference, current], np.float64)
    table = table[:, table.sum(axis=0) > 0]
    if table.shape[1] < 2 or (table.sum(axis=1) == 0).any():
        return 0.0, 1.0
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    statistic = float(((table - expected) ** 2 / expected).sum())
    return statistic, float(chdtrc(table.shape[1] - 1, statistic))


def ks(reference: ArrayLike, current: ArrayLike) -> tuple[float, float]:
    """Exact two-sample Kolmogorov-Smirnov statistic of raw values (n,) and (m,), and its asymptotic p-value."""
    one, other = known_sorted(reference), known_sorted(current)
    return ks_sorted(one, other)


def ks_sorted(one: Floats, other: Floats) -> tuple[float, float]:
    """`ks` of values that are sorted and free of NaN already. Raises ValueError where a sample is empty."""
    # step 3: the largest gap between the two distribution functions; `_ks_p_value` has the p-value
    return 0.0, 1.0


def _furthest(positions: NDArray[np.int64], one: Floats, other: Floats) -> tuple[int, NDArray[np.int64]]:
    """The largest distance at `positions` of `one`, in units of 1 / (n m), and how many of `other` are up to each."""
    # step 3: a suggestion, for those who do not want to look at every value; whole numbers have no rounding
    return 0, positions


def _ks_p_value(statistic: float, size: float) -> float:
    """Of the two-sided test at the effective size n m / (n + m); in the limit where that is large."""
    from scipy import stats  # takes more than a second to import, and serving needs the windows alone

    if size > _LARGE:
        return float(stats.kstwobign.sf(statistic * np.sqrt(size)))
    return float(stats.kstwo.sf(statistic, max(1.0, np.round(size))))


def wasserstein(reference: ArrayLike, current: ArrayLike) -> float:
    """Earth mover's distance of raw values, in their unit: the area between the two distribution functions."""
    from scipy import stats

    return float(stats.wasserstein_distance(known_sorted(reference), known_sorted(current)))


def known_sorted(values: ArrayLike) -> Floats:
    """The values that are not NaN, in order."""
    ordered = np.sort(np.asarray(values))
    if ordered.dtype.kind != "f":
        return ordered
    return ordered[: np.searchsorted(ordered, ordered.dtype.type(np.nan))]  # NaN is sorted last
