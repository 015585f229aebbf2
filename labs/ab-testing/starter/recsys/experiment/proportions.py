"""Two-proportion test for a metric that each unit has or has not. Yours to write.

As it stands nothing differs. The p-value is the pooled z-test, the interval is Newcombe's: it joins two Wilson
intervals and stays inside -1..1.
Source: R. G. Newcombe, Statistics in Medicine 1998 (method 10).
"""

from recsys.experiment.estimate import Estimate


def two_proportions(
    control_hits: int, control_units: int, treatment_hits: int, treatment_units: int, confidence: float = 0.95
) -> Estimate:
    """Difference of two proportions; raises ValueError when a count is negative or exceeds its units."""
    # step 5: p-value by `two_sided` of estimate.py; low = d - hypot(q - q_low, p_high - p), and high the mirror of it
    return Estimate(0.0, 0.0, 0.0, 0.0, 0.0, 1.0, confidence)


def wilson(hits: int, units: int, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval of one proportion."""
    # step 5: (share + z^2 / 2n -+ z sqrt(share (1 - share) / n + z^2 / 4n^2)) / (1 + z^2 / n)
    return 0.0, 1.0
