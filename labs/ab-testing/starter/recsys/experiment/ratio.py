"""The delta method: a ratio of two sums (clicks over impressions) when the unit of randomisation is the user.

Yours to write; as it stands no ratio differs. The ratio of two averages R = mean(y) / mean(x), over units, is nearly
linear for many units, hence var(R) ~ var(y - R x) / (n mean(x)^2).
Source: Deng, Knoblich, Lu, "Applying the Delta Method in Metric Analytics", KDD 2018.
"""

from numpy.typing import ArrayLike

from recsys.experiment.estimate import Estimate


def ratio_of_sums(
    control: tuple[ArrayLike, ArrayLike], treatment: tuple[ArrayLike, ArrayLike], confidence: float = 0.95
) -> Estimate:
    """Difference of sum(numerator) / sum(denominator); each group is (numerators, denominators), one entry a unit.

    Raises ValueError for fewer than two units, lists of unequal length, or denominators that add up to nothing.
    """
    # step 6: level and variance of each group; `normal_estimate` of estimate.py makes the rest of them
    return Estimate(0.0, 0.0, 0.0, 0.0, 0.0, 1.0, confidence)


def _ratio(numerators: ArrayLike, denominators: ArrayLike) -> tuple[float, float]:
    """Level of one group, and the variance of that level."""
    # step 6
    return 0.0, 0.0
