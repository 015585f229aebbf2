"""The rate of false positives that each way of analysing an A/A test really has (fixed seeds)."""

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad

from recsys.experiment import always_valid, always_valid_margin, always_valid_p, ratio_of_sums, two_proportions, welch
from recsys.experiment.means import Moments
from recsys.experiment.sequential import log_likelihood_ratio

DAYS, A_DAY, RATE = 14, 1000, 0.1


def daily(trials: int, lift: float = 0.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Hits of control and treatment after each day, (trials, days), and the units a group by then."""
    rng = np.random.default_rng(2017)
    control, treatment = (rng.binomial(A_DAY, rate, (trials, DAYS)).cumsum(axis=1) for rate in (RATE, RATE + lift))
    return control, treatment, A_DAY * np.arange(1, DAYS + 1)


def looks(trials: int, lift: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Difference and its variance after each day."""
    control, treatment, units = daily(trials, lift)
    p, q = control / units, treatment / units
    return q - p, (p * (1 - p) + q * (1 - q)) / units


def test_peeking_daily_for_two_weeks_finds_nothing_as_something_in_a_quarter_of_all_cases() -> None:
    control, treatment, units = daily(1000)
    p_values = np.array(
        [
            [two_proportions(x, n, y, n).p_value for x, y, n in zip(xs, ys, units, strict=True)]
            for xs, ys in zip(control.tolist(), treatment.tolist(), strict=True)
        ]
    )
    assert (p_values.min(axis=1) < 0.05).mean() == pytest.approx(0.23, abs=0.04)
    assert (p_values[:, -1] < 0.05).mean() == pytest.approx(0.05, abs=0.02)


@pytest.mark.parametrize("tau", [0.002, 0.01, 0.05])
def test_the_sequential_test_stays_below_five_per_cent_however_often_one_looks(tau: float) -> None:
    p_values = always_valid_p(*looks(4000), tau)
    assert (p_values[:, -1] < 0.05).mean() < 0.05
    assert (np.diff(p_values, axis=1) <= 0).all()


def test_the_always_valid_interval_covers_the_effect_at_every_look() -> None:
    difference, variance = looks(2000, lift=0.01)
    margins = np.array([[always_valid_margin(v, 0.01) for v in row] for row in variance.tolist()])
    assert (np.abs(difference - 0.01) <= margins).all(axis=1).mean() > 0.95


def test_the_sequential_test_does_find_an_effect_and_finds_a_large_one_early() -> None:
    p_values = always_valid_p(*looks(1000, lift=0.02), 0.02)
    assert (p_values[:, -1] < 0.05).mean() > 0.9
    assert np.median((p_values < 0.05).argmax(axis=1)) < DAYS / 2


@pytest.mark.parametrize(("difference", "variance", "tau"), [(0.3, 0.04, 0.5), (-1.2, 0.5, 0.2), (0.0, 0.01, 0.1)])
def test_the_closed_form_is_the_integral_over_the_mixture(difference: float, variance: float, tau: float) -> None:
    def weighted(effect: float) -> float:
        likelihood = stats.norm.pdf(difference, effect, variance**0.5) / stats.norm.pdf(difference, 0, variance**0.5)
        return float(likelihood * stats.norm.pdf(effect, 0, tau))

    integral = quad(weighted, -10 * tau, 10 * tau, points=[difference, 0.0])[0]
    assert np.exp(log_likelihood_ratio(difference, variance, tau)) == pytest.approx(integral, rel=1e-6)


def test_interval_and_p_value_of_one_look_agree() -> None:
    rng = np.random.default_rng(1)
    fixed = welch(Moments.of(rng.normal(0, 1, 500)), Moments.of(rng.normal(0.2, 1, 500)))
    margin = always_valid_margin(fixed.standard_error**2, 0.2, 0.95)
    assert always_valid_p([margin], [fixed.standard_error**2], 0.2)[0] == pytest.approx(0.05)
    ours = always_valid(fixed, tau=0.2)
    assert ours.p_value > fixed.p_value
    assert ours.low < fixed.low < fixed.high < ours.high
    assert always_valid(fixed, tau=0.2, best_p=0.0001).p_value == 0.0001


def test_a_mixture_without_width_is_refused() -> None:
    with pytest.raises(ValueError, match="tau"):
        always_valid_p([0.1], [0.1], 0.0)


def accounts(rng: np.random.Generator, users: int) -> tuple[np.ndarray, np.ndarray]:
    """Clicks and impressions a user: heavy users see many times the median, and users differ in their rate."""
    shown = rng.geometric(1 / 18, users)
    return rng.binomial(shown, rng.beta(1, 9, users)), shown


def test_impressions_analysed_where_users_were_randomised_cry_wolf_in_a_third_of_all_cases() -> None:
    rng = np.random.default_rng(2018)
    naive, delta = [], []
    for _ in range(1000):
        control, treatment = accounts(rng, 1000), accounts(rng, 1000)
        sums = [int(values.sum()) for group in (control, treatment) for values in group]
        naive.append(two_proportions(*sums).p_value < 0.05)
        delta.append(ratio_of_sums(control, treatment).p_value < 0.05)
    assert np.mean(naive) == pytest.approx(0.34, abs=0.04)
    assert np.mean(delta) == pytest.approx(0.047, abs=0.02)
