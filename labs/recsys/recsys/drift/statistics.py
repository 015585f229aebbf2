"""How far apart two samples are: PSI, Kullback-Leibler, Jensen-Shannon, chi-square, Kolmogorov-Smirnov, Wasserstein.

The first four compare counts in bins, the last two raw values. Which to choose:

- PSI is the custom in credit risk (0.1 look, 0.25 act: Siddiqi 2006) and the symmetrised KL divergence. It depends on
  the bins and, where a bin is empty, on the smoothing: with a fixed epsilon instead of counts the same data scored
  0.67 and 4.39. Its noise grows as samples shrink: unchanged data in B bins average (B - 1)(1/n + 1/m), so ten bins
  of 100 rows look drifted most of the time. `psi_threshold` gives the value that unchanged data exceed with a chosen
  probability (Yurdakul 2018).
- KL is infinite where a bin is empty and asymmetric; Jensen-Shannon is finite, symmetric and at most 1 bit.
- KS needs no bins and has a p-value, but at a million rows everything is significant: read the statistic, a distance,
  first.
- Chi-square is for categories. Wasserstein is in the feature's own units: how far the mass moved, not only that it did.

Counts are smoothed by adding `prior` to every bin that either sample fills: half an observation (Jeffreys) unless told
otherwise.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc, chdtri, rel_entr

PRIOR: Final = 0.5
_LARGE: Final = 10_000
_STRIDE: Final = 64
Floats = NDArray[np.float64]


def shares(reference: ArrayLike, current: ArrayLike, prior: float = PRIOR) -> tuple[Floats, Floats]:
    """Two rows of counts as smoothed shares, each summing to 1, without the bins that are empty in both.

    Raises ValueError for negative counts, rows of unequal length, or a row without any count.
    """
    counts = np.array([reference, current], np.float64)
    if counts.min(initial=0) < 0 or not counts.sum(axis=1).all():
        raise ValueError("counts must not be negative, and there must be some in both rows")
    counts = counts[:, counts.sum(axis=0) > 0] + prior
    p, q = counts / counts.sum(axis=1, keepdims=True)
    return p, q


def psi(reference: ArrayLike, current: ArrayLike, prior: float = PRIOR) -> float:
    """PSI of two rows of counts, sum of (p - q) ln(p / q); infinite for empty bins at prior 0."""
    p, q = shares(reference, current, prior)
    return float((rel_entr(p, q) + rel_entr(q, p)).sum())


def psi_threshold(bins: int, reference: int, current: int, level: float = 0.01) -> float:
    """The PSI that unchanged samples of these sizes exceed with probability `level`: a scaled chi-square quantile."""
    return float(chdtri(bins - 1, level) * (1 / reference + 1 / current))


def kl(reference: ArrayLike, current: ArrayLike, prior: float = PRIOR) -> float:
    """Kullback-Leibler divergence of the current from the reference counts, in nats: sum of q ln(q / p)."""
    p, q = shares(reference, current, prior)
    return float(rel_entr(q, p).sum())


def jensen_shannon(reference: ArrayLike, current: ArrayLike, prior: float = PRIOR) -> float:
    """Jensen-Shannon divergence of two rows of counts in bits: 0 for equal, 1 for disjoint shares."""
    p, q = shares(reference, current, prior)
    middle = (p + q) / 2
    return float((rel_entr(p, middle) + rel_entr(q, middle)).sum() / (2 * np.log(2)))


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
    """`ks` of values that are sorted and free of NaN already, without looking at most of them.

    Between two positions of `one` both distribution functions only rise, which bounds their distance there. So every
    64th position is measured, and of the stretches between only those that could hold a larger distance: a few, as a
    rule.
    """
    if not len(one) or not len(other):
        raise ValueError("the Kolmogorov-Smirnov test needs values in both samples")
    n, m = len(one), len(other)
    anchors = np.append(np.arange(0, n - 1, _STRIDE), n - 1)
    furthest, at = _furthest(anchors, one, other)
    highest = np.maximum(anchors[1:] * m - at[:-1] * n, at[1:] * n - (anchors[:-1] + 1) * m)
    inside = np.flatnonzero(np.repeat(highest > furthest, np.diff(anchors)))
    if len(inside):
        furthest = max(furthest, _furthest(inside, one, other)[0])
    statistic = furthest / (n * m)
    return statistic, _ks_p_value(statistic, n * m / (n + m))


def _furthest(positions: NDArray[np.int64], one: Floats, other: Floats) -> tuple[int, NDArray[np.int64]]:
    """The largest distance at `positions` of `one`, in units of 1 / (n m), and how many of `other` are up to each."""
    n, m = len(one), len(other)
    before = np.searchsorted(other, one[positions], side="left")
    at = np.searchsorted(other, one[positions], side="right")
    ahead, behind = (positions + 1) * m - at * n, before * n - positions * m
    return max(int(ahead.max()), int(behind.max()), 0), at


def _ks_p_value(statistic: float, size: float) -> float:
    """Of the two-sided test; in the limit where sizes are large, for the finite form can take half a second there."""
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
