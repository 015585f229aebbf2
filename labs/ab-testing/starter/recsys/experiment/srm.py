"""Sample ratio mismatch: did the groups come out in the shares they were meant to have? Yours to write.

As it stands every split is fine.
"""

from collections.abc import Mapping
from dataclasses import dataclass

THRESHOLD = 0.001
"""Strict, because the check runs on every experiment, every day; real faults give far smaller p-values."""


@dataclass(frozen=True, slots=True)
class SampleRatio:
    """Chi-square check of observed against intended counts."""

    observed: Mapping[str, int]
    expected: Mapping[str, float]
    p_value: float

    @property
    def mismatch(self) -> bool:
        """True when the shares are off by more than chance allows."""
        # step 3
        return False


def sample_ratio(counts: Mapping[str, int], weights: Mapping[str, float]) -> SampleRatio:
    """Compare units a variant with the intended weights; raises ValueError for a variant that was not planned."""
    # step 3: what each weight makes of the total, then Pearson's statistic; `scipy.special.chdtrc` is its tail
    return SampleRatio(counts, weights, 1.0)
