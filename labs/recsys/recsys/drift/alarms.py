"""From scores to alarms: twenty features tested daily at 5 % raise a false alarm on two days of three; here they do
not.

Two conditions, both needed. Significance, corrected for the number of features by Benjamini and Hochberg (1995): of
the alarms raised, at most a share `level` is false in expectation. And size: at a million rows a shift of no
consequence is significant, so the PSI must reach a limit as well, and the one that noise alone explains at this
sample size where that is higher.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from recsys.drift.score import FeatureDrift
from recsys.drift.statistics import psi_threshold

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
    if not drifts:
        return []
    from scipy.stats import false_discovery_control  # a second to import, which serving should not pay

    corrected = false_discovery_control([drift.p_value for drift in drifts])
    raised = []
    for drift, p_value in zip(drifts, corrected, strict=True):
        known = max(round(drift.rows * (1 - drift.missing)), 1)
        limit = max(WATCH, psi_threshold(bins, reference_rows, known, level))
        if p_value <= level and drift.psi >= limit:
            severity = "act" if drift.psi >= ACT else "watch"
            raised.append(Alarm(drift.feature, severity, drift.psi, float(p_value)))
    return sorted(raised, key=lambda alarm: -alarm.psi)
