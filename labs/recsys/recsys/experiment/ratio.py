"""The delta method: a ratio of two sums (clicks over impressions) when the unit of randomisation is the user.

What goes wrong otherwise: impressions of one user resemble each other, so a million impressions of ten thousand
users carry far less than a million independent facts. A two-proportion test over impressions believes in all of
them; on an A/A test with users as differing as real ones it cries wolf about one time in three instead of one
in twenty.

The ratio of two averages R = mean(y) / mean(x), over units, is nearly linear for many units, hence var(R) ~
var(y - R x) / (n mean(x)^2). It needs one (x, y) pair a unit and no resampling; with few units (below some
hundreds) or a denominator near zero, bootstrap by unit instead.
Source: Deng, Knoblich, Lu, "Applying the Delta Method in Metric Analytics", KDD 2018. The same variance comes
out of a regression with cluster-robust errors, which the tests use as the judge.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from recsys.experiment.estimate import Estimate, normal_estimate


def ratio_of_sums(
    control: tuple[ArrayLike, ArrayLike], treatment: tuple[ArrayLike, ArrayLike], confidence: float = 0.95
) -> Estimate:
    """Difference of sum(numerator) / sum(denominator); each group is (numerators, denominators), one entry a unit."""
    level, variance = _ratio(*control)
    other, other_variance = _ratio(*treatment)
    return normal_estimate(level, other, variance + other_variance, confidence)


def _ratio(numerators: ArrayLike, denominators: ArrayLike) -> tuple[float, float]:
    y: NDArray[np.float64] = np.asarray(numerators, dtype=np.float64)
    x: NDArray[np.float64] = np.asarray(denominators, dtype=np.float64)
    if y.shape != x.shape or y.ndim != 1 or y.size < 2 or x.sum() <= 0:
        raise ValueError("a ratio needs two flat lists of one length (two units or more) and denominators above zero")
    level = float(y.sum() / x.sum())
    residual = y - level * x
    return level, float(residual.var(ddof=1) / (y.size * x.mean() ** 2))
