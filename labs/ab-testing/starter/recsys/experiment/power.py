"""Sample size and power: how long must it run, and what can it see at all? Yours to write.

As it stands every experiment needs nobody, and sees nothing.

For two groups with variances s0, s1 and shares 1 - f, f of the traffic, a two-sided test at level alpha sees a
difference d with the given power when N = ((z_alpha/2 + z_power) / d)^2 (s0 / (1 - f) + s1 / f).
Source: Kohavi, Tang, Xu, "Trustworthy Online Controlled Experiments", 2020, ch. 17.
"""

import math
from typing import NamedTuple


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
    # step 4: the variance of a share p is p (1 - p), in each group its own
    return SampleSize(0, 0)


def units_for_means(
    deviation: float, difference: float, *, alpha: float = 0.05, power: float = 0.8, share: float = 0.5
) -> SampleSize:
    """Units to see a mean move by `difference` when single units scatter by `deviation`, in the same unit."""
    # step 4
    return SampleSize(0, 0)


def power_of(difference: float, standard_error: float, alpha: float = 0.05) -> float:
    """Chance that a two-sided test at `alpha` sees a true `difference`, given its standard error."""
    # step 4: both ends count
    return 0.0


def detectable(standard_error: float, *, alpha: float = 0.05, power: float = 0.8) -> float:
    """Smallest true difference that is seen with the given power (the minimum detectable effect)."""
    # step 4
    return 0.0


def _units(variances: tuple[float, float], difference: float, alpha: float, power: float, share: float) -> SampleSize:
    """Units a group for two variances. Raises ValueError where there is no difference, or no split."""
    # step 4: what both have in common
    return SampleSize(0, 0)


def _z(alpha: float, power: float) -> float:
    """Standard errors between no effect and one that is seen with this power."""
    # step 4
    return 0.0
