"""Welch's t-test for a metric that is a mean over units (time saved, items finished, revenue).

Why Welch and not Student: Student's test assumes equal variances and is wrong when they differ and the groups
are unequal in size, as in a 90/10 ramp; Welch costs nothing when they are equal. For heavy tails cap the metric
before the test, or use more units: the mean of a few thousand skewed values is not yet normal.

Only three numbers a group are needed, so a service keeps running `Moments` and merges them over replicas; no
raw values, no personal data.
Source: B. L. Welch, Biometrika 1947; merging: Chan, Golub, LeVeque 1983.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtr, stdtrit

from recsys.experiment.estimate import Estimate, two_sided


@dataclass(frozen=True, slots=True)
class Moments:
    """Count, mean and unbiased variance of a group of units."""

    n: int
    mean: float
    variance: float

    @classmethod
    def of(cls, values: ArrayLike) -> "Moments":
        """Moments of one value a unit; raises ValueError below two values or for values that are not finite."""
        array = np.asarray(values, dtype=np.float64)
        if array.ndim != 1 or array.size < 2 or not np.isfinite(array).all():
            raise ValueError("a mean needs a flat list of at least two finite values, one a unit")
        return cls(array.size, float(array.mean()), float(array.var(ddof=1)))

    def merge(self, other: "Moments") -> "Moments":
        """Moments of both groups together, as if measured at once."""
        n = self.n + other.n
        gap = other.mean - self.mean
        squares = self.variance * (self.n - 1) + other.variance * (other.n - 1) + gap**2 * self.n * other.n / n
        return Moments(n, self.mean + gap * other.n / n, squares / (n - 1))

    @property
    def variance_of_mean(self) -> float:
        """Squared standard error of the mean."""
        return self.variance / self.n


def welch(control: Moments, treatment: Moments, confidence: float = 0.95) -> Estimate:
    """Difference of two means with Welch's degrees of freedom."""
    a, b = control.variance_of_mean, treatment.variance_of_mean
    error = math.sqrt(a + b)
    difference = treatment.mean - control.mean
    if error == 0:
        return Estimate(
            control.mean, treatment.mean, 0.0, difference, difference, two_sided(difference, 0.0), confidence
        )
    freedom = (a + b) ** 2 / (a**2 / (control.n - 1) + b**2 / (treatment.n - 1))
    p_value = float(2 * stdtr(freedom, -abs(difference) / error))
    margin = float(stdtrit(freedom, 0.5 + confidence / 2)) * error
    return Estimate(control.mean, treatment.mean, error, difference - margin, difference + margin, p_value, confidence)
