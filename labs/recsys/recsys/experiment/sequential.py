"""Always-valid p-values: look every day, stop when you like, and keep the promised rate of false positives.

Why: a fixed-horizon p-value is honest once, at the sample size planned before. Looked at daily for two weeks,
and stopped at the first p < 0.05, an A/A test "wins" about 23 % of the time. The mixture sequential probability
ratio test (mSPRT) averages the likelihood ratio over effects drawn from N(0, tau^2); under no effect that
average is a martingale, so it ever exceeds 1/alpha with probability at most alpha (Ville's inequality), however
often one looks.

Trade-off: for one look at the planned end it needs more units than the fixed test; for large effects it stops
much sooner. `tau` is a guess of how large effects are, in the metric's unit: any value is valid, a good one
(about the size of the effects you hope for) is quicker. It must be fixed before the data are seen.

With v the variance of the difference d so far: ratio = sqrt(v / (v + tau^2)) exp(tau^2 d^2 / (2 v (v +
tau^2))), p = min(1, 1 / ratio), and the reported p-value never rises again. Normal approximation: wait for some
hundred units a group before the first look.
Source: Johari, Koomen, Pekelis, Walsh, "Peeking at A/B Tests", KDD 2017.
"""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from recsys.experiment.estimate import Estimate


def log_likelihood_ratio(difference: ArrayLike, variance: ArrayLike, tau: float) -> NDArray[np.float64]:
    """Log of the mixture likelihood ratio of "some effect" to "none"; arrays of looks, any shape."""
    if tau <= 0:
        raise ValueError("tau is the size of the effects you expect: it must be above 0")
    d, v = np.asarray(difference, dtype=np.float64), np.asarray(variance, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = 0.5 * np.log(v / (v + tau**2)) + (tau * d) ** 2 / (2 * v * (v + tau**2))
    return np.where(v > 0, ratio, 0.0)


def always_valid_p(difference: ArrayLike, variance: ArrayLike, tau: float) -> NDArray[np.float64]:
    """P-values after each look, looks along the last axis; each holds for whatever day one stops."""
    looks = np.exp(-log_likelihood_ratio(difference, variance, tau))
    return np.minimum.accumulate(np.minimum(looks, 1.0), axis=-1)


def always_valid_margin(variance: float, tau: float, confidence: float = 0.95) -> float:
    """Half-width of the interval that covers the effect at every look together, with probability `confidence`."""
    spread = variance + tau**2
    return math.sqrt(variance * spread / tau**2 * (math.log(spread / variance) - 2 * math.log(1 - confidence)))


def always_valid(estimate: Estimate, tau: float, best_p: float = 1.0) -> Estimate:
    """The same difference with an always-valid interval and p-value; `best_p` is the smallest p of earlier looks."""
    variance = estimate.standard_error**2
    if variance == 0:
        return estimate
    margin = always_valid_margin(variance, tau, estimate.confidence)
    p_value = min(best_p, float(always_valid_p([estimate.difference], [variance], tau)[-1]))
    low, high = estimate.difference - margin, estimate.difference + margin
    return Estimate(
        estimate.control, estimate.treatment, estimate.standard_error, low, high, p_value, estimate.confidence
    )
