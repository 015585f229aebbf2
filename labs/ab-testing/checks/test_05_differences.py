"""Step 5: two means, two proportions: the difference, its interval, its p-value."""

import math

import pytest

from recsys.experiment.means import Moments, welch
from recsys.experiment.proportions import two_proportions, wilson

CONTROL, TREATMENT = [12.0, 15, 9, 14, 11, 10, 13, 16], [18.0, 12, 21, 14, 25, 11, 30]
# statsmodels 0.15, CompareMeans(DescrStatsW(TREATMENT), DescrStatsW(CONTROL)), usevar="unequal":
P_VALUE = 0.0610882310458391  # .ttest_ind()[1]; with pooled variances it would be 0.0357
INTERVAL = (-0.37534172024967294, 12.803913148821103)  # .tconfint_diff(0.05)
WIDER = (-3.490104077674454, 15.918675506245885)  # .tconfint_diff(0.01)

# Hits and units of control, then treatment: statsmodels proportions_ztest(...)[1] and confint_proportions_2indep(...,
# method="newcomb"), treatment first
MANY = (560, 10_000, 620, 10_000), 0.07176713336172887, (-0.0005339893880187806, 0.01254212570154832)
FEW = (
    (2, 30, 7, 40),
    0.18023453275378032,
    (-0.062389929081773224, 0.26065688285649175),
)  # textbook: -0.039 to 0.256


def both(**more):
    return welch(Moments.of(CONTROL), Moments.of(TREATMENT), **more)


def interval(estimate, digits=9):
    return round(estimate.low, digits), round(estimate.high, digits)


def refused(call, *arguments):
    try:
        call(*arguments)
    except ValueError:
        return True
    return False


def test_moments():
    got = Moments.of([2, 4, 9])
    assert (got.n, got.mean, got.variance) == (3, 5.0, 13.0), "(n, mean, variance) of 2, 4, 9: divide by n - 1"


def test_merged_moments():
    got = Moments.of(CONTROL[:3]).merge(Moments.of(CONTROL[3:]))
    assert got.n == 8, "units of three and five merged"
    assert got.mean == pytest.approx(12.5), "mean of both together, each value weighing the same"
    assert got.variance == pytest.approx(6.0), "variance of both together: the groups' own, and the gap between them"


@pytest.mark.parametrize("values", [[], [1.0], [1.0, math.nan], [1.0, math.inf], [[1.0, 2.0], [3.0, 4.0]]])
def test_what_has_no_mean(values):
    assert refused(Moments.of, values), f"Moments.of({values}) is to raise ValueError"


def test_the_difference():
    got = both()
    assert got.difference == pytest.approx(6.214285714, abs=1e-9), "treatment minus control"
    assert got.p_value == pytest.approx(P_VALUE, abs=1e-12), (
        "two-sided p: the variances are not equal, nor are they assumed so"
    )


def test_the_interval():
    assert interval(both()) == tuple(round(end, 9) for end in INTERVAL), "interval at 95 %: two-sided, by Student's t"
    assert interval(both(confidence=0.99)) == tuple(round(end, 9) for end in WIDER), "interval at 99 %"


def test_groups_without_any_scatter():
    same, other = Moments.of([2, 2, 2]), Moments.of([3, 3])
    assert welch(same, same).p_value == 1.0, "p of 2, 2, 2 against 2, 2, 2: no division by nothing"
    assert welch(same, other).p_value == 0.0, "p of 2, 2, 2 against 3, 3"


def test_two_proportions():
    counts, p_value, (low, high) = MANY
    got = two_proportions(*counts)
    assert got.p_value == pytest.approx(p_value, abs=1e-12), "p of 5.6 % against 6.2 % of 10,000: two-sided, pooled"
    assert interval(got) == (round(low, 9), round(high, 9)), "interval of the difference"


def test_few_units():
    counts, p_value, (low, high) = FEW
    got = two_proportions(*counts)
    assert got.p_value == pytest.approx(p_value, abs=1e-12), "p of 2 of 30 against 7 of 40"
    assert interval(got) == (round(low, 9), round(high, 9)), "interval of the difference, by Newcombe"


def test_none_at_all():
    # Newcombe 1998, table II, method 10, (e): 5 of 56 minus 0 of 29, -0.0381 to 0.1926
    assert interval(two_proportions(0, 29, 5, 56), 4) == (-0.0381, 0.1926), "interval of 0 of 29 against 5 of 56"
    assert two_proportions(0, 50, 0, 50).p_value == 1.0, "p of nobody against nobody"


def test_wilson():
    # statsmodels proportion_confint(..., method="wilson")
    low, high = wilson(0, 29)
    assert (round(low, 9), round(high, 9)) == (0.0, 0.116969798), "95 % interval of 0 of 29: not 0 to 0"
    low, high = wilson(7, 40, 0.9)
    assert (round(low, 9), round(high, 9)) == (0.097760443, 0.293419299), "90 % interval of 7 of 40"


@pytest.mark.parametrize("counts", [(1, 0, 1, 2), (3, 2, 1, 2), (-1, 5, 1, 2)])
def test_what_is_no_proportion(counts):
    assert refused(two_proportions, *counts), f"two_proportions{counts} is to raise ValueError"
