"""What every test returns: the two levels, their difference, an interval and a p-value.

Why an interval and not only a p-value: "p = 0.03" does not say whether the gain is worth its cost, and "p =
0.3" does not say whether a loss is ruled out. The interval answers both, in the metric's own unit.
"""

import math
from dataclasses import dataclass

from scipy.special import ndtr, ndtri


@dataclass(frozen=True, slots=True)
class Estimate:
    """Treatment minus control, with a two-sided interval `[low, high]` at `confidence` and a two-sided p-value."""

    control: float
    treatment: float
    standard_error: float
    low: float
    high: float
    p_value: float
    confidence: float = 0.95

    @property
    def difference(self) -> float:
        """Treatment minus control, in the metric's unit."""
        return self.treatment - self.control

    @property
    def relative(self) -> float:
        """Difference as a share of the control's level; infinite or NaN when that level is zero."""
        if self.control == 0:
            return math.nan if self.difference == 0 else math.copysign(math.inf, self.difference)
        return self.difference / abs(self.control)


def normal_estimate(control: float, treatment: float, variance: float, confidence: float = 0.95) -> Estimate:
    """Estimate from two levels and the variance of their difference, by the normal approximation."""
    error = math.sqrt(variance)
    margin = critical(confidence) * error
    difference = treatment - control
    return Estimate(
        control, treatment, error, difference - margin, difference + margin, two_sided(difference, error), confidence
    )


def two_sided(difference: float, standard_error: float) -> float:
    """Two-sided normal p-value; without any variance it is 1 for equal levels and 0 for different ones."""
    if standard_error == 0:
        return float(difference == 0)
    return float(2 * ndtr(-abs(difference) / standard_error))


def critical(confidence: float) -> float:
    """Half-width of a two-sided normal interval, in standard errors."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, got {confidence}")
    return float(ndtri(0.5 + confidence / 2))
