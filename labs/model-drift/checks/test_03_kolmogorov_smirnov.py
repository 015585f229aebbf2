"""Step 3: the largest gap between two distribution functions, exactly, from sorted values."""

import math

import numpy as np
import pytest

from recsys.drift.statistics import ks

NUMBER = np.arange(20_000)
EVEN, BENT = (NUMBER * 0.6180339887498949) % 1, ((NUMBER[:15_000] * 0.41421356237309515) % 1) ** 1.05
FEW, MORE = [1.5, 2, 2, 3, 4.25, 5, 7, 9], [2, 2, 2, 3.5, 6, 8, 10, 11, 12, 13]
# scipy.stats.ks_2samp(one, other, method="asymp") of SciPy 1.17: statistic, p-value
OF_FEW = 0.4, 0.4374
OF_MANY = 0.01801666666666668, 0.007571075703421975
ROUNDED = 0.017933333333333357


def statistic(one, other):
    return ks(one, other)[0]


def test_small_samples():
    assert statistic(FEW, MORE) == pytest.approx(OF_FEW[0], abs=1e-12), f"largest gap between {FEW} and {MORE}"


def test_samples_that_do_not_meet():
    assert statistic([1, 2, 3], [4, 5, 6, 7]) == 1.0, (
        "largest gap between 1, 2, 3 and 4, 5, 6, 7: after 3 it is all of it"
    )
    assert statistic([4, 5, 6, 7], [1, 2, 3]) == 1.0, "and with the larger values first"


def test_equal_samples():
    assert statistic(FEW, FEW) == 0.0, "a sample against itself: equal values are stepped over together"
    assert statistic([1, 1, 2, 2], [1, 2]) == 0.0, "1, 1, 2, 2 against 1, 2: the same shares at every value"


def test_the_gap_may_open_between_two_values_of_one_sample():
    got = statistic([0, 10], [1, 2, 3, 4])
    assert got == 0.5, (
        "0, 10 against 1, 2, 3, 4: after 0 one is half way and the other at nothing, after 4 it is the reverse"
    )


def test_many_values():
    assert statistic(EVEN, BENT) == pytest.approx(OF_MANY[0], abs=1e-12), (
        "20,000 against 15,000 values, as SciPy has it"
    )
    assert statistic(BENT, EVEN) == pytest.approx(OF_MANY[0], abs=1e-12), "and the two exchanged"


def test_many_ties():
    got = statistic(EVEN.round(1), BENT.round(1))
    assert got == pytest.approx(ROUNDED, abs=1e-12), "the same, rounded to one decimal: thousands of equal values"


def test_the_p_value():
    assert ks(EVEN, BENT)[1] == pytest.approx(OF_MANY[1], rel=0.05), "p-value at the effective size n m / (n + m)"


def test_what_is_missing_is_left_out():
    holes = [math.nan, *FEW, math.nan]
    assert statistic(holes, MORE) == pytest.approx(OF_FEW[0], abs=1e-12), "NaN is no value, neither large nor small"


def test_an_empty_sample():
    try:
        got = ks([], FEW)
    except ValueError:
        return
    assert got == "ValueError", "ks of an empty sample"
