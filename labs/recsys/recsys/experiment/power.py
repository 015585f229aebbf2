"""Sample size and power: how long must it run, and what can it see at all?

Why before the start: an experiment that is too small finds nothing, or finds only exaggerated effects; and
without a planned end there is no honest fixed-horizon p-value (see `recsys.experiment.sequential`). Halving the
effect you want to see needs four times the units.

For two groups with variances s0, s1 and shares 1 - f, f of the traffic, a two-sided test at level alpha sees a
difference d with the given power when N = ((z_alpha/2 + z_power) / d)^2 (s0 / (1 - f) + s1 / f). Kohavi's rule
of thumb, 16 s / d^2 a group, is that formula at 80 % power and halves. An even split is the cheapest: 90/10
costs about 2.8 times the units. Round up to full weeks, since Mondays are not Sundays, and plan in *units of
randomisation*: 10,000 users in 400 accounts are 400 units when accounts are randomised.
Source: Kohavi, Tang, Xu, "Trustworthy Online Controlled Experiments", 2020, ch. 17.
"""

import math
from typing import NamedTuple

from scipy.special import ndtr, ndtri


class SampleSize(NamedTuple):
    """Units needed in each group."""

    control: int
    treatment: int

    @property
    def total(self) -> int:
        """Units of both groups together."""
        return self.control + self.treatment

    def weeks(self, units_a_day: float) -> int:
        """Full weeks to run when so many new units arrive a day."""
        return math.ceil(self.total / units_a_day / 7)


def units_for_proportions(
    baseline: float, relative_lift: float, *, alpha: float = 0.05, power: float = 0.8, share: float = 0.5
) -> SampleSize:
    """Units to see a share move from `baseline` by `relative_lift` (0.05 is 5 %); `share` goes to the treatment."""
    target = baseline * (1 + relative_lift)
    if not (0 < baseline < 1 and 0 < target < 1) or relative_lift == 0:
        raise ValueError(f"a share cannot move from {baseline} to {target}")
    variances = baseline * (1 - baseline), target * (1 - target)
    return _units(variances, target - baseline, alpha, power, share)


def units_for_means(
    deviation: float, difference: float, *, alpha: float = 0.05, power: float = 0.8, share: float = 0.5
) -> SampleSize:
    """Units to see a mean move by `difference` when single units scatter by `deviation`, in the same unit."""
    return _units((deviation**2, deviation**2), difference, alpha, power, share)


def power_of(difference: float, standard_error: float, alpha: float = 0.05) -> float:
    """Chance that a two-sided test at `alpha` sees a true `difference`, given its standard error."""
    z = float(ndtri(1 - alpha / 2))
    effect = abs(difference) / standard_error
    return float(ndtr(effect - z) + ndtr(-effect - z))


def detectable(standard_error: float, *, alpha: float = 0.05, power: float = 0.8) -> float:
    """Smallest true difference that is seen with the given power (the minimum detectable effect)."""
    return _z(alpha, power) * standard_error


def _units(variances: tuple[float, float], difference: float, alpha: float, power: float, share: float) -> SampleSize:
    if difference == 0 or not 0 < share < 1:
        raise ValueError("need a difference other than 0 and a share between 0 and 1")
    total = (_z(alpha, power) / difference) ** 2 * (variances[0] / (1 - share) + variances[1] / share)
    return SampleSize(math.ceil(total * (1 - share)), math.ceil(total * share))


def _z(alpha: float, power: float) -> float:
    return float(ndtri(1 - alpha / 2) + ndtri(power))
