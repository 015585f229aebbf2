"""Step 7: the same effect with less noise, thanks to what was known before."""

import math

import numpy as np
import pytest

from recsys.experiment.cuped import cuped
from recsys.experiment.means import Moments, welch

CONTROL = [12.0, 15, 9, 14, 11, 10], [10.0, 14, 8, 13, 12, 9]
TREATMENT = [16.0, 13, 18, 12, 17], [13.0, 9, 15, 10, 12]
# SciPy 1.17: theta = linregress(x, y).slope over both groups = 1.03806, then ttest_ind(equal_var=False) of the adjusted
DIFFERENCE, P_VALUE = 2.5362168396770457, 0.004744373074377301  # unadjusted: 3.37, p = 0.054
DIFFERENCE_UNKNOWN, P_UNKNOWN = 3.1911055694098085, 0.005457834575791673  # the third past unknown


def groups(seed, count, rho, lift=0.0):
    """Two groups whose present and past correlate by rho."""
    draw = np.random.default_rng(seed)
    made = []
    for more in (0.0, lift):
        past = draw.normal(5, 1, count)
        made.append((more + rho * past + math.sqrt(1 - rho**2) * draw.normal(0, 1, count), past))
    return made


def test_the_value():
    got = cuped(CONTROL, TREATMENT)
    assert got.difference == pytest.approx(DIFFERENCE, abs=1e-9), (
        "difference: treatment was busier before it was treated"
    )
    assert got.p_value == pytest.approx(P_VALUE, abs=1e-9), "p-value of the adjusted values"


def test_the_noise_goes_down_by_rho_squared():
    control, treatment = groups(1, 5000, 0.8)
    plain = welch(Moments.of(control[0]), Moments.of(treatment[0])).standard_error
    left = (cuped(control, treatment).standard_error / plain) ** 2
    assert left == pytest.approx(1 - 0.8**2, rel=0.08), (
        "share of the variance that is left where past and present correlate 0.8"
    )


def test_the_effect_stays():
    off = [cuped(*groups(seed, 1000, 0.7, lift=0.2)).difference - 0.2 for seed in range(60)]
    assert abs(float(np.mean(off))) < 0.02, "mean error of 60 estimates of a lift of 0.2"


def test_equal_groups_are_found_different_as_often_as_they_may_be():
    found = sum(cuped(*groups(seed, 200, 0.7)).p_value < 0.05 for seed in range(500)) / 500
    assert 0.02 < found < 0.09, "share of 500 A/A tests that are significant at 5 %"


def test_a_past_that_says_nothing_changes_nothing():
    control, treatment = groups(3, 5000, 0.0, lift=0.1)
    plain = welch(Moments.of(control[0]), Moments.of(treatment[0]))
    assert cuped(control, treatment).standard_error == pytest.approx(plain.standard_error, rel=0.01), (
        "error at correlation 0"
    )


def test_units_without_a_past_stay_in():
    past = list(CONTROL[1])
    past[2] = math.nan
    got = cuped((CONTROL[0], past), TREATMENT)
    assert got.difference == pytest.approx(DIFFERENCE_UNKNOWN, abs=1e-9), "difference, where one unit is new"
    assert got.p_value == pytest.approx(P_UNKNOWN, abs=1e-9), "p-value, where one unit is new: it counts as average"


def test_nobody_has_a_past():
    nothing = [math.nan] * 6, [math.nan] * 5
    got = cuped((CONTROL[0], nothing[0]), (TREATMENT[0], nothing[1]))
    assert got.p_value == pytest.approx(welch(Moments.of(CONTROL[0]), Moments.of(TREATMENT[0])).p_value), (
        "p without any past"
    )


def test_a_past_that_never_varies():
    got = cuped((CONTROL[0], [5.0] * 6), (TREATMENT[0], [5.0] * 5))
    assert got.difference == pytest.approx(15.2 - 71 / 6), "difference where every past is 5: no division by nothing"


def test_every_unit_has_both():
    try:
        got = cuped((CONTROL[0], CONTROL[1][:5]), TREATMENT)
    except ValueError:
        return
    assert got == "ValueError", "six values and five pasts"
