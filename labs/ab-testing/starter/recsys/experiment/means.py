"""Welch's t-test for a metric that is a mean over units (time saved, items finished, revenue). Yours to write.

As it stands no group has a mean, and nothing differs.
Source: B. L. Welch, Biometrika 1947; merging: Chan, Golub, LeVeque 1983.
"""

from dataclasses import dataclass

from numpy.typing import ArrayLike

from recsys.experiment.estimate import Estimate


@dataclass(frozen=True, slots=True)
class Moments:
    """Count, mean and unbiased variance of a group of units."""

    n: int
    mean: float
    variance: float

    @classmethod
    def of(cls, values: ArrayLike) -> "Moments":
        """Moments of one value a unit; raises ValueError below two values or for values that are not finite."""
        # step 5
        return cls(2, 0.0, 0.0)

    def merge(self, other: "Moments") -> "Moments":
        """Moments of both groups together, as if measured at once."""
        # step 5: the squared deviations of each, and those of the two means from the common one
        return self

    @property
    def variance_of_mean(self) -> float:
        """Squared standard error of the mean."""
        return self.variance / self.n


def welch(control: Moments, treatment: Moments, confidence: float = 0.95) -> Estimate:
    """Difference of two means with Welch's degrees of freedom."""
    # step 5: `scipy.special.stdtr(freedom, t)` is Student's distribution function, `stdtrit` its inverse
    return Estimate(control.mean, treatment.mean, 0.0, 0.0, 0.0, 1.0, confidence)
