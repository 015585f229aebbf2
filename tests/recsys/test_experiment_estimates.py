"""Estimates against statsmodels and SciPy, on seeded data and by rule."""

import math
from dataclasses import astuple

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint, proportions_ztest
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from recsys.experiment import (
    Moments,
    benjamini_hochberg,
    cuped,
    ratio_of_sums,
    sample_ratio,
    two_proportions,
    welch,
)
from recsys.experiment.proportions import wilson

TIGHT = {"rel": 1e-9, "abs": 1e-12}
levels = st.sampled_from([0.8, 0.9, 0.95, 0.99])


def samples(seed: int, n: int, m: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.gamma(2.0, 3.0, n), rng.gamma(2.5, 2.0, m)


@given(st.integers(0, 10_000), st.integers(2, 200), st.integers(2, 200), levels)
def test_welch_equals_statsmodels(seed: int, n: int, m: int, confidence: float) -> None:
    a, b = samples(seed, n, m)
    ours = welch(Moments.of(a), Moments.of(b), confidence)
    theirs = CompareMeans(DescrStatsW(b), DescrStatsW(a))
    assert ours.p_value == pytest.approx(theirs.ttest_ind(usevar="unequal")[1], **TIGHT)
    assert (ours.low, ours.high) == pytest.approx(theirs.tconfint_diff(1 - confidence, usevar="unequal"), **TIGHT)


@given(st.integers(0, 10_000), st.integers(2, 50), st.integers(2, 50))
def test_merged_moments_are_those_of_all_values(seed: int, n: int, m: int) -> None:
    a, b = samples(seed, n, m)
    merged, whole = Moments.of(a).merge(Moments.of(b)), Moments.of(np.concatenate([a, b]))
    assert (merged.n, merged.mean, merged.variance) == pytest.approx((whole.n, whole.mean, whole.variance))


def test_groups_without_any_scatter_are_equal_or_they_are_not() -> None:
    assert welch(Moments.of([2, 2]), Moments.of([2, 2, 2])).p_value == 1.0
    assert welch(Moments.of([2, 2]), Moments.of([3, 3, 3])).p_value == 0.0


@pytest.mark.parametrize("values", [[], [1.0], [1.0, math.nan], [[1.0, 2.0]]])
def test_moments_refuse_what_has_no_variance(values: list[float]) -> None:
    with pytest.raises(ValueError, match="at least two finite values"):
        Moments.of(values)


@given(st.integers(1, 5000), st.integers(1, 5000), st.floats(0.01, 0.99), st.floats(0.01, 0.99), levels)
def test_two_proportions_equal_statsmodels(n: int, m: int, p: float, q: float, confidence: float) -> None:
    x, y = round(n * p), round(m * q)
    ours = two_proportions(x, n, y, m, confidence)
    interval = confint_proportions_2indep(y, m, x, n, method="newcomb", alpha=1 - confidence)
    assert (ours.low, ours.high) == pytest.approx(interval, **TIGHT)
    if 0 < x + y < n + m:
        assert ours.p_value == pytest.approx(proportions_ztest([y, x], [m, n])[1], **TIGHT)


def test_newcombe_gives_the_intervals_printed_in_the_paper() -> None:
    """R. G. Newcombe 1998, table II, method 10: (a) 56/70 - 48/80, (e) 5/56 - 0/29, (h) 10/10 - 0/10."""
    published = {
        (48, 80, 56, 70): (0.0524, 0.3339),
        (0, 29, 5, 56): (-0.0381, 0.1926),
        (0, 10, 10, 10): (0.6075, 1.0),
    }
    for counts, interval in published.items():
        estimate = two_proportions(*counts)
        assert (estimate.low, estimate.high) == pytest.approx(interval, abs=5e-5)


@given(st.integers(1, 1000), st.floats(0, 1), levels)
def test_wilson_equals_statsmodels(n: int, share: float, confidence: float) -> None:
    hits = round(n * share)
    assert wilson(hits, n, confidence) == pytest.approx(
        proportion_confint(hits, n, 1 - confidence, method="wilson"), abs=1e-12
    )


@pytest.mark.parametrize("counts", [(1, 0, 1, 2), (3, 2, 1, 2), (-1, 5, 1, 2)])
def test_impossible_counts_are_refused(counts: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="is not a proportion"):
        two_proportions(*counts)


def impressions(seed: int, users: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    shown = 1 + rng.poisson(10 * rng.gamma(1.0, 1.0, users))
    return rng.binomial(shown, rng.beta(1.0, 9.0, users)), shown


def test_the_delta_method_equals_a_regression_with_errors_clustered_by_user() -> None:
    control, treatment = impressions(1, 400), impressions(2, 300)
    ours = ratio_of_sums(control, treatment)
    shown = np.concatenate([control[1], treatment[1]])
    clicks = np.concatenate([np.repeat([1, 0], [c, s - c]) for c, s in zip(*control, strict=True)])
    more = np.concatenate([np.repeat([1, 0], [c, s - c]) for c, s in zip(*treatment, strict=True)])
    treated = np.r_[np.zeros(clicks.size), np.ones(more.size)]
    fit = sm.OLS(np.r_[clicks, more], sm.add_constant(treated)).fit(
        cov_type="cluster",
        cov_kwds={"groups": np.repeat(np.arange(shown.size), shown), "use_correction": False},
    )
    assert ours.difference == pytest.approx(fit.params[1])
    assert ours.standard_error == pytest.approx(fit.bse[1], rel=0.003)  # ours divides by n - 1, theirs by n


@pytest.mark.parametrize("group", [([1.0], [1.0]), ([1.0, 2.0], [1.0]), ([0.0, 0.0], [0.0, 0.0])])
def test_a_ratio_without_units_or_denominators_is_refused(group: tuple[list[float], list[float]]) -> None:
    with pytest.raises(ValueError, match="a ratio needs"):
        ratio_of_sums(group, group)


def past_and_present(seed: int, n: int, rho: float, lift: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    past = rng.normal(5, 1, n)
    return lift + rho * past + math.sqrt(1 - rho**2) * rng.normal(0, 1, n), past


def test_cuped_cuts_the_variance_by_rho_squared_and_keeps_the_effect() -> None:
    control, treatment = past_and_present(1, 20_000, 0.8), past_and_present(2, 20_000, 0.8, lift=0.1)
    plain = welch(Moments.of(control[0]), Moments.of(treatment[0]))
    ours = cuped(control, treatment)
    assert (ours.standard_error / plain.standard_error) ** 2 == pytest.approx(1 - 0.8**2, rel=0.03)
    assert ours.low < 0.1 < ours.high


def test_cuped_agrees_with_a_regression_on_the_past() -> None:
    control, treatment = past_and_present(3, 3000, 0.6), past_and_present(4, 3000, 0.6, lift=0.1)
    frame = pd.DataFrame({"treated": np.repeat([0, 1], 3000), "past": np.r_[control[1], treatment[1]]})
    fit = sm.OLS(np.r_[control[0], treatment[0]], sm.add_constant(frame)).fit()
    ours = cuped(control, treatment)
    assert ours.difference == pytest.approx(fit.params["treated"], abs=2e-4)
    assert ours.standard_error == pytest.approx(fit.bse["treated"], rel=0.01)


def test_cuped_without_any_past_is_welch() -> None:
    y0, y1 = samples(5, 50, 60)
    nothing = np.full(50, np.nan), np.full(60, np.nan)
    assert cuped((y0, nothing[0]), (y1, nothing[1])).p_value == welch(Moments.of(y0), Moments.of(y1)).p_value


def test_a_unit_without_a_past_counts_as_one_with_an_average_past() -> None:
    control, treatment = past_and_present(6, 500, 0.7), past_and_present(7, 500, 0.7)
    average = np.concatenate([control[1][100:], treatment[1]]).mean()
    unknown, filled = (np.r_[np.full(100, past), control[1][100:]] for past in (np.nan, average))
    without, averaged = (cuped((control[0], past), treatment) for past in (unknown, filled))
    assert astuple(without) == pytest.approx(astuple(averaged), rel=1e-9)


@given(st.lists(st.integers(0, 100_000), min_size=2, max_size=6), st.data())
def test_sample_ratio_equals_scipy(counts: list[int], data: st.DataObject) -> None:
    size = len(counts)
    shares = data.draw(st.lists(st.floats(0.01, 1), min_size=size, max_size=size))
    ours = sample_ratio({str(i): n for i, n in enumerate(counts)}, {str(i): w for i, w in enumerate(shares)})
    if sum(counts):
        expected = np.array(shares) / math.fsum(shares) * sum(counts)
        assert ours.p_value == pytest.approx(stats.chisquare(counts, expected, sum_check=False).pvalue, **TIGHT)
    else:
        assert ours.p_value == 1.0


def test_ninety_ten_that_came_out_as_90400_and_9600() -> None:
    ratio = sample_ratio({"control": 90_400, "treatment": 9_600}, {"control": 0.9, "treatment": 0.1})
    assert ratio.p_value == pytest.approx(2.5e-5, rel=0.02)
    assert ratio.mismatch


def test_a_variant_nobody_planned_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"does not have: \['ghost'\]"):
        sample_ratio({"a": 1, "ghost": 1}, {"a": 1, "b": 1})


@given(st.lists(st.floats(0, 1), max_size=30))
def test_benjamini_hochberg_equals_statsmodels(p_values: list[float]) -> None:
    ours = benjamini_hochberg(p_values)
    if p_values:
        np.testing.assert_allclose(ours, multipletests(p_values, method="fdr_bh")[1], rtol=1e-12, atol=0)


def test_benjamini_hochberg_on_the_example_of_the_paper() -> None:
    """Benjamini and Hochberg 1995, section 3.2: 15 p-values, of which the first four are reported at 0.05."""
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528]
    assert (benjamini_hochberg([*p, 0.7590, 1.0]) <= 0.05).tolist() == [True] * 4 + [False] * 11
