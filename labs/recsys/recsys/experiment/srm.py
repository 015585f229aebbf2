"""Sample ratio mismatch: did the groups come out in the shares they were meant to have?

Why first of all: when they did not, something filters units after assignment (a crash in one variant, a
redirect, a bot filter, a log that loses lines), and what is left in one group is no longer comparable with the
other. No statistic repairs that: stop, find the cause, start again. The threshold is strict (0.001) because the
check runs on every experiment, every day, and counts are exact: real faults give far smaller p-values. Source:
Fabijan et al., "Diagnosing Sample Ratio Mismatch in Online Controlled Experiments", KDD 2019.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from scipy.special import chdtrc

THRESHOLD = 0.001


@dataclass(frozen=True, slots=True)
class SampleRatio:
    """Chi-square check of observed against intended counts."""

    observed: Mapping[str, int]
    expected: Mapping[str, float]
    p_value: float

    @property
    def mismatch(self) -> bool:
        """True when the shares are off by more than chance allows."""
        return self.p_value < THRESHOLD


def sample_ratio(counts: Mapping[str, int], weights: Mapping[str, float]) -> SampleRatio:
    """Compare units a variant with the intended weights; raises ValueError for a variant that was not planned."""
    if unplanned := counts.keys() - weights.keys():
        raise ValueError(f"units were counted in variants that the experiment does not have: {sorted(unplanned)}")
    total = sum(counts.values())
    scale = total / math.fsum(weights.values())
    expected = {variant: weight * scale for variant, weight in weights.items()}
    observed = {variant: counts.get(variant, 0) for variant in weights}
    if total == 0:
        return SampleRatio(observed, expected, 1.0)
    statistic = math.fsum((observed[v] - expected[v]) ** 2 / expected[v] for v in weights)
    return SampleRatio(observed, expected, float(chdtrc(len(weights) - 1, statistic)))
