"""From scores to alarms: twenty features tested daily at 5 % raise a false alarm on two days of three. Yours to mend.

As it stands it never raises one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from recsys.drift.score import FeatureDrift

WATCH, ACT = 0.1, 0.25


@dataclass(frozen=True, slots=True)
class Alarm:
    """A feature that drifted: "watch" from a PSI of 0.1, "act" from 0.25; `p_value` is the corrected one."""

    feature: str
    severity: str
    psi: float
    p_value: float

    def __str__(self) -> str:
        return f"{self.feature} drifted (PSI {self.psi:.2f}, corrected p = {self.p_value:.2g}): {self.severity}"


def alarms(drifts: Sequence[FeatureDrift], reference_rows: int, *, level: float = 0.01, bins: int = 10) -> list[Alarm]:
    """Those of `drifts` that count, the largest PSI first; `bins` is the number of groups the PSI compares."""
    # step 7: significant after the correction for many tests, and large: WATCH, and more than noise at this sample size
    return []
