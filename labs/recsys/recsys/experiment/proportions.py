"""Two-proportion test for a metric that each unit has or has not (accepted a recommendation at all).

The p-value is the pooled z-test (the score test of "no difference"). The interval is Newcombe's: it joins two
Wilson intervals, stays inside -1..1 and holds its level near 0 and 1, where the textbook (Wald) interval does
not. Because they are built differently, the two can disagree in a hair's breadth around the threshold: trust
the interval for size, the p-value for the decision that was planned.

Only for *one* yes or no a randomised unit. Clicks over impressions, with users randomised, is a ratio: see
`recsys.experiment.ratio`.
Source: R. G. Newcombe, Statistics in Medicine 1998 (method 10).
"""

import math

from recsys.experiment.estimate import Estimate, critical, two_sided


def two_proportions(
    control_hits: int, control_units: int, treatment_hits: int, treatment_units: int, confidence: float = 0.95
) -> Estimate:
    """Difference of two proportions; raises ValueError when a count is negative or exceeds its units."""
    for hits, units in ((control_hits, control_units), (treatment_hits, treatment_units)):
        if not 0 <= hits <= units or units == 0:
            raise ValueError(f"{hits} of {units} units is not a proportion")
    p, q = control_hits / control_units, treatment_hits / treatment_units
    pooled = (control_hits + treatment_hits) / (control_units + treatment_units)
    error = math.sqrt(pooled * (1 - pooled) * (1 / control_units + 1 / treatment_units))
    p_low, p_high = wilson(control_hits, control_units, confidence)
    q_low, q_high = wilson(treatment_hits, treatment_units, confidence)
    low = q - p - math.hypot(q - q_low, p_high - p)
    high = q - p + math.hypot(q_high - q, p - p_low)
    return Estimate(p, q, error, low, high, two_sided(q - p, error), confidence)


def wilson(hits: int, units: int, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval of one proportion."""
    z = critical(confidence)
    share = hits / units
    centre = share + z * z / (2 * units)
    spread = z * math.sqrt(share * (1 - share) / units + z * z / (4 * units**2))
    scale = 1 + z * z / units
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)
