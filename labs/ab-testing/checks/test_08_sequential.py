"""Step 8: look as often as you like."""

import math

import numpy as np
import pytest

from recsys.experiment.estimate import normal_estimate
from recsys.experiment.sequential import always_valid, always_valid_margin, always_valid_p, log_likelihood_ratio

DAYS, TESTS = 14, 1000
# Difference, variance, tau, ratio: scipy.integrate.quad of norm.pdf(d, theta, sqrt(v)) norm.pdf(theta, 0, tau) over
# theta, divided by norm.pdf(d, 0, sqrt(v)) (SciPy 1.17)
RATIOS = [
    (0.5, 0.04, 0.3, 4.826560201233604),
    (0.1, 0.04, 0.3, 0.6048413803101492),
    (-0.8, 0.09, 1.0, 7.500096757490028),
]
# By confidence, for variance 0.04 and tau 0.3: where that ratio is 20, and 100 (scipy.optimize.brentq)
MARGINS = {0.95: 0.6436408731750448, 0.99: 0.7747600052435956}


def looks(effect, seed, tests=TESTS):
    """Differences (tests, days) of groups that gain 100 users a day each, and their variances (days,)."""
    users = 100 * np.arange(1, DAYS + 1)
    steps = np.random.default_rng(seed).normal(100 * effect, math.sqrt(2 * 100), (tests, DAYS))
    return steps.cumsum(axis=1) / users, 2 / users


@pytest.mark.parametrize(
    ("difference", "variance", "tau", "ratio"),
    RATIOS,
)
def test_the_likelihood_ratio(difference, variance, tau, ratio):
    got = math.exp(float(log_likelihood_ratio([difference], [variance], tau)[0]))
    assert got == pytest.approx(ratio, rel=1e-9), f"likelihood ratio of d = {difference}, v = {variance}, tau = {tau}"


def test_nothing_seen_says_nothing():
    assert float(log_likelihood_ratio([0.0], [0.0], 0.3)[0]) == 0.0, "log of the ratio before there is any variance"


def test_tau_is_a_size():
    try:
        got = log_likelihood_ratio([0.5], [0.04], 0.0)
    except ValueError:
        return
    assert got == "ValueError", "tau = 0"


def test_p_values():
    got = always_valid_p([0.5, 0.1], [0.04, 0.04], 0.3)
    assert float(got[0]) == pytest.approx(1 / 4.826560201233604), "p after the first look: one over the ratio"
    assert float(got[1]) == float(got[0]), "p after a second look that says less: what was proved stays proved"
    assert float(always_valid_p([0.1], [0.04], 0.3)[0]) == 1.0, "p where the ratio is below one: never above 1"


def test_many_experiments_at_once():
    differences, variances = looks(0.0, 1, tests=5)
    got = always_valid_p(differences, variances, 0.1)
    assert got.shape == (5, DAYS), "shape of the p-values of five experiments with fourteen looks"
    assert bool((np.diff(got, axis=1) <= 0).all()), "p never rises along the looks, the last axis"


def test_peeking_is_harmless():
    differences, variances = looks(0.0, 2)
    found = float((always_valid_p(differences, variances, 0.1) < 0.05).any(axis=1).mean())
    assert found <= 0.05, "share of 1,000 A/A tests that show p < 0.05 on any of 14 days (a fixed-horizon p: 23 %)"


def test_effects_are_seen_and_early():
    differences, variances = looks(0.2, 3)
    p = always_valid_p(differences, variances, 0.2)
    assert float((p[:, -1] < 0.05).mean()) > 0.8, (
        "share of 1,000 tests with a true effect that are significant by day 14"
    )
    assert float((p[:, 6] < 0.05).mean()) > 0.3, "and by day 7"


@pytest.mark.parametrize("confidence", MARGINS)
def test_the_margin(confidence):
    got = always_valid_margin(0.04, 0.3, confidence)
    assert got == pytest.approx(MARGINS[confidence], rel=1e-9), (
        f"half-width at {confidence:.0%}, variance 0.04, tau 0.3"
    )


def test_an_estimate_made_always_valid():
    plain = normal_estimate(1.0, 1.5, 0.04)
    got = always_valid(plain, 0.3)
    assert got.difference == plain.difference, "the difference stays"
    assert (round(got.low, 6), round(got.high, 6)) == (-0.143641, 1.143641), "the interval is the wider one"
    assert got.p_value == pytest.approx(0.2071868905197564), "the p-value is the always-valid one"
    assert always_valid(plain, 0.3, best_p=0.03).p_value == 0.03, "p, where an earlier look had 0.03"
