"""Every statistic against SciPy, a published value, or what theory says of it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats
from scipy.spatial.distance import jensenshannon

from recsys import drift

COUNTS = (
    st.integers(2, 12)
    .flatmap(lambda bins: st.tuples(*[arrays(np.int64, bins, elements=st.integers(0, 500)) for _ in range(2)]))
    .filter(lambda pair: pair[0].sum() > 0 and pair[1].sum() > 0)
)
FEW_VALUES = arrays(np.float64, st.integers(2, 200), elements=st.integers(-5, 5).map(float))


def smoothed(counts: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Both rows plus one half, without the bins that are empty in both."""
    filled = counts[0] + counts[1] > 0
    return counts[0][filled] + 0.5, counts[1][filled] + 0.5


@given(COUNTS)
def test_divergences_equal_scipys(counts: tuple[np.ndarray, np.ndarray]) -> None:
    p, q = smoothed(counts)
    assert drift.kl(*counts) == pytest.approx(stats.entropy(q, p), abs=1e-12)
    assert drift.psi(*counts) == pytest.approx(stats.entropy(p, q) + stats.entropy(q, p), abs=1e-12)
    assert drift.jensen_shannon(*counts) == pytest.approx(jensenshannon(p, q, base=2) ** 2, abs=1e-9)


@given(COUNTS)
def test_symmetries_and_bounds(counts: tuple[np.ndarray, np.ndarray]) -> None:
    one, other = counts
    assert drift.psi(one, other) == pytest.approx(drift.psi(other, one), abs=1e-12)
    assert drift.jensen_shannon(one, other) == pytest.approx(drift.jensen_shannon(other, one), abs=1e-12)
    assert 0 <= drift.jensen_shannon(one, other) <= 1
    assert drift.psi(one, one) == drift.kl(other, other) == 0.0


def test_unsmoothed_empty_bins_make_psi_and_kl_infinite_but_not_jensen_shannon() -> None:
    assert drift.psi([5, 0], [3, 2], prior=0) == drift.psi([3, 2], [5, 0], prior=0) == np.inf
    assert drift.kl([5, 0], [3, 2], prior=0) == np.inf
    assert np.isfinite(drift.kl([3, 2], [5, 0], prior=0))
    assert drift.jensen_shannon([1, 0], [0, 1], prior=0) == pytest.approx(1.0)


@given(COUNTS)
def test_chi_square_equals_scipys(counts: tuple[np.ndarray, np.ndarray]) -> None:
    table = np.array(counts)[:, (counts[0] + counts[1]) > 0]
    statistic, p_value = drift.chi_square(*counts)
    if table.shape[1] < 2:
        assert (statistic, p_value) == (0.0, 1.0)
        return
    expected = stats.chi2_contingency(table, correction=False)
    assert statistic == pytest.approx(expected.statistic, rel=1e-9, abs=1e-9)
    assert p_value == pytest.approx(expected.pvalue, rel=1e-9, abs=1e-12)


@given(FEW_VALUES, FEW_VALUES)
def test_ks_equals_scipys_with_ties(one: np.ndarray, other: np.ndarray) -> None:
    expected = stats.ks_2samp(one, other, method="asymp")
    statistic, p_value = drift.ks(one, other)
    assert statistic == pytest.approx(expected.statistic, abs=1e-12)
    assert p_value == pytest.approx(expected.pvalue, abs=1e-9)
    assert drift.ks(other, one)[0] == pytest.approx(statistic, abs=1e-15)


@pytest.mark.parametrize("shift", [0.0, 0.001, 0.05, 1.0])
@pytest.mark.parametrize("decimals", [15, 2, 0])
def test_ks_of_many_rows_equals_scipys(shift: float, decimals: int) -> None:
    """Enough rows for most stretches to be skipped, with and without ties, in sizes that differ."""
    rng = np.random.default_rng(11)
    one, other = rng.normal(size=50_000).round(decimals), rng.normal(shift, size=33_333).round(decimals)
    expected = stats.ks_2samp(one, other)
    assert drift.ks(one, other)[0] == pytest.approx(expected.statistic, abs=1e-12)
    assert drift.ks(one, other)[1] == pytest.approx(expected.pvalue, abs=0.005)
    assert drift.ks(other.astype(np.float32), one)[0] == pytest.approx(
        stats.ks_2samp(other.astype(np.float32), one).statistic, abs=1e-12
    )


def test_missing_values_do_not_count() -> None:
    values = np.array([3.0, np.nan, 1.0, 2.0, np.nan])
    assert drift.ks(values, [1, 2, 3])[0] == 0.0
    assert drift.wasserstein(values, [2, 3, 4]) == pytest.approx(1.0)
    with pytest.raises(ValueError, match="both samples"):
        drift.ks([np.nan], [1.0])


def test_wasserstein_of_a_shift_is_the_shift_in_the_features_unit() -> None:
    values = np.random.default_rng(1).exponential(size=5000)
    assert drift.wasserstein(values, values + 3.25) == pytest.approx(3.25)
    assert drift.wasserstein([0, 1, 3], [5, 6, 8]) == pytest.approx(5.0)  # SciPy's documented example


def test_psi_of_unchanged_small_samples_looks_like_drift_and_the_threshold_knows() -> None:
    """At 100 against 100 rows ten bins exceed 0.1 in most trials; the threshold holds its level."""
    rng = np.random.default_rng(5)
    trials = rng.multinomial(100, np.full(10, 0.1), size=(2, 4000))
    scores = np.array([drift.psi(one, other) for one, other in zip(*trials, strict=True)])
    assert (scores > 0.1).mean() > 0.75
    assert scores.mean() == pytest.approx(9 * (1 / 100 + 1 / 100), rel=0.1)
    large = rng.multinomial(5000, np.full(10, 0.1), size=(2, 4000))
    limit = drift.psi_threshold(10, 5000, 5000, level=0.05)
    exceeded = np.mean([drift.psi(one, other) > limit for one, other in zip(*large, strict=True)])
    assert exceeded == pytest.approx(0.05, abs=0.012)


def test_counts_that_say_nothing_are_refused() -> None:
    for pair in [([0, 0], [1, 2]), ([1, -1], [1, 2])]:
        with pytest.raises(ValueError, match="counts"):
            drift.psi(*pair)
