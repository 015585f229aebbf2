"""Always-valid p-values: look every day, stop when you like, and keep the promised rate of false positives.

Yours to write; as it stands nothing is ever significant. With v the variance of the difference d so far: ratio =
sqrt(v / (v + tau^2)) exp(tau^2 d^2 / (2 v (v + tau^2))), p = min(1, 1 / ratio), and the reported p-value never rises
again.
Source: Johari, Koomen, Pekelis, Walsh, "Peeking at A/B Tests", KDD 2017.
"""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from recsys.experiment.estimate import Estimate


def log_likelihood_ratio(difference: ArrayLike, variance: ArrayLike, tau: float) -> NDArray[np.float64]:
    """Log of the mixture likelihood ratio of "some effect" to "none"; arrays of looks, any shape.

    Raises ValueError unless tau is above 0; a look without any variance says nothing: 0.
    """
    # step 8
    return np.zeros_like(np.asarray(difference, dtype=np.float64))


def always_valid_p(difference: ArrayLike, variance: ArrayLike, tau: float) -> NDArray[np.float64]:
    """P-values after each look, looks along the last axis; each holds for whatever day one stops."""
    # step 8
    return np.ones_like(np.asarray(difference, dtype=np.float64))


def always_valid_margin(variance: float, tau: float, confidence: float = 0.95) -> float:
    """Half-width of the interval that covers the effect at every look together, with probability `confidence`."""
    # step 8: the difference at which the likelihood ratio is just 1 / (1 - confidence)
    return math.inf


def always_valid(estimate: Estimate, tau: float, best_p: float = 1.0) -> Estimate:
    """The same difference with an always-valid interval and p-value; `best_p` is the smallest p of earlier looks."""
    # step 8
    return estimate
