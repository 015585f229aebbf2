"""Step 4: how many units, and what can be seen with them?"""

import math

import pytest

from recsys.experiment.power import detectable, power_of, units_for_means, units_for_proportions

# Effect in deviations, alpha, power, units a group: statsmodels.stats.power.NormalIndPower().solve_power(effect,
# alpha=alpha, power=power), rounded up (0.15)
UNITS = [(0.2, 0.05, 0.8, 393), (0.05, 0.05, 0.8, 6280), (0.2, 0.01, 0.9, 744)]
# Difference, standard error, power: .power(difference / error, nobs1=2, alpha=0.05), where two and two units make the
# error the scatter
POWERS = [
    (2.0, 1.0, 0.5160052739761747),
    (2.8, 1.0, 0.7995568714356514),
    (-3.0, 1.5, 0.5160052739761747),
    (0.0, 1.0, 0.05),
]


def refused(call, *arguments, **more):
    try:
        call(*arguments, **more)
    except ValueError:
        return True
    return False


@pytest.mark.parametrize(
    ("effect", "alpha", "power", "units"),
    UNITS,
)
def test_units_for_means(effect, alpha, power, units):
    got = units_for_means(5.0, 5.0 * effect, alpha=alpha, power=power)
    assert (got.control, got.treatment) == (units, units), (
        f"units a group to see {effect} deviations, {alpha:.0%}, {power:.0%}"
    )


def test_a_rise_and_a_fall_cost_the_same():
    assert units_for_means(1.0, -0.2) == units_for_means(1.0, 0.2), "units to see a mean fall, and rise, by the same"


def test_an_uneven_split_is_dearer():
    # the same call with ratio=1/9: 1962.2 in the larger group
    got = units_for_means(1.0, 0.2, share=0.1)
    assert (got.control, got.treatment) == (1963, 219), "units in control and treatment at 90/10 to see 0.2 deviations"


def test_units_for_proportions():
    # statsmodels.stats.proportion.power_proportions_2indep(0.0025, 0.05, 122121) gives 0.79999
    got = units_for_proportions(0.05, 0.05)
    assert (got.control, got.treatment) == (122_121, 122_121), (
        "units a group to see 5 % become 5.25 %: each its own variance"
    )


def test_half_the_lift_needs_about_four_times_as_many():
    times = units_for_proportions(0.05, 0.01).total / max(units_for_proportions(0.05, 0.02).total, 1)
    assert times == pytest.approx(4, abs=0.05), "units for a lift of 1 % in place of 2 %, times as many"


@pytest.mark.parametrize(
    ("difference", "error", "power"),
    POWERS,
)
def test_power(difference, error, power):
    got = power_of(difference, error)
    assert got == pytest.approx(power, abs=1e-9), (
        f"chance to see a difference of {difference} with a standard error of {error}"
    )


def test_what_can_be_detected():
    # scipy.stats.norm.ppf(0.975) + scipy.stats.norm.ppf(0.8)
    assert detectable(1.0) == pytest.approx(2.8015852177, abs=1e-9), (
        "smallest difference seen four times of five, in errors"
    )
    assert detectable(0.5, alpha=0.01, power=0.9) == pytest.approx(1.9286904348, abs=1e-9), (
        "error 0.5, alpha 1 %, power 90 %"
    )


@pytest.mark.parametrize(("baseline", "lift"), [(0.0, 0.1), (1.0, 0.1), (0.9, 0.5), (0.5, 0.0), (0.5, math.nan)])
def test_what_a_share_cannot_do(baseline, lift):
    assert refused(units_for_proportions, baseline, lift), (
        f"a share of {baseline} with a lift of {lift} is to raise ValueError"
    )


def test_what_cannot_be_planned():
    assert refused(units_for_means, 1.0, 0.0), "a difference of nothing is to raise ValueError"
    assert refused(units_for_means, 1.0, 0.1, share=1.0), "everybody in treatment is to raise ValueError"
