"""Sample sizes against statsmodels, published rules of thumb, and simulation."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import power_proportions_2indep

from recsys.experiment import SampleSize, detectable, power_of, units_for_means, units_for_proportions


@given(st.floats(0.5, 20), st.floats(0.05, 2), st.floats(0.01, 0.2), st.floats(0.5, 0.95), st.floats(0.05, 0.95))
def test_units_for_means_equal_statsmodels(
    deviation: float, difference: float, alpha: float, power: float, share: float
) -> None:
    ours = units_for_means(deviation, difference, alpha=alpha, power=power, share=share)
    theirs = NormalIndPower().power(
        difference / deviation, nobs1=ours.total * (1 - share), alpha=alpha, ratio=share / (1 - share)
    )
    assert theirs >= power - 1e-9
    if ours.total > 200:
        assert theirs == pytest.approx(power, abs=0.01)


def test_five_per_cent_lift_on_a_five_per_cent_baseline() -> None:
    size = units_for_proportions(0.05, 0.05)
    assert size.control == size.treatment == 122_121
    kohavi = 16 * 0.05 * 0.95 / (0.05 * 0.05) ** 2
    assert size.control == pytest.approx(kohavi, rel=0.01)
    theirs = power_proportions_2indep(0.0025, 0.05, size.control, return_results=False)
    assert theirs == pytest.approx(0.8, abs=0.001)


def test_ninety_ten_needs_almost_three_times_the_units_of_halves() -> None:
    even, uneven = units_for_proportions(0.05, 0.05), units_for_proportions(0.05, 0.05, share=0.1)
    assert uneven.total / even.total == pytest.approx(2.8, abs=0.05)
    assert uneven.control == pytest.approx(9 * uneven.treatment, rel=1e-4)


def test_half_the_effect_needs_four_times_the_units() -> None:
    assert units_for_means(1, 0.01).total == pytest.approx(4 * units_for_means(1, 0.02).total, rel=1e-3)


@given(st.floats(-5, 5), st.floats(0.1, 5), st.floats(0.01, 0.2))
def test_power_equals_statsmodels(difference: float, error: float, alpha: float) -> None:
    theirs = NormalIndPower().power(difference / error, nobs1=2, alpha=alpha)  # two and two units: error is the scatter
    assert power_of(difference, error, alpha) == pytest.approx(theirs, abs=1e-12)


@given(st.floats(0.001, 10), st.floats(0.01, 0.1), st.floats(0.6, 0.99))
def test_the_detectable_effect_is_seen_with_the_power_asked_for(error: float, alpha: float, power: float) -> None:
    assert power_of(detectable(error, alpha=alpha, power=power), error, alpha) == pytest.approx(power, abs=0.001)


def test_the_power_comes_true() -> None:
    size = units_for_proportions(0.2, 0.1)
    rng = np.random.default_rng(11)
    p, q = (rng.binomial(n, rate, 4000) / n for n, rate in zip(size, (0.2, 0.22), strict=True))
    pooled = (p + q) / 2
    z = (q - p) / np.sqrt(pooled * (1 - pooled) * (1 / size.control + 1 / size.treatment))
    assert np.mean(np.abs(z) > 1.96) == pytest.approx(0.8, abs=0.02)


def test_it_runs_for_full_weeks() -> None:
    assert SampleSize(500, 500).weeks(100) == 2
    assert SampleSize(350, 350).weeks(100) == 1


@pytest.mark.parametrize("arguments", [(0.0, 0.1), (0.5, 0.0), (0.9, 0.5), (0.5, math.nan)])
def test_impossible_moves_are_refused(arguments: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="cannot move"):
        units_for_proportions(*arguments)
