"""When to retrain, and what may replace the champion: never a worse model, and never automatically. Yours to write.

As it stands it never trains and never lets a challenger pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from numpy.typing import ArrayLike

from recsys.drift.alarms import Alarm
from recsys.drift.quality import Violation

Action = Literal["wait", "fix the data", "retrain", "keep the champion", "start a canary"]


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do, and why, in words."""

    action: Action
    reason: str


@dataclass(frozen=True, slots=True)
class RetrainPolicy:
    """Seconds between trainings, rows to train on, and by how much a challenger must be better."""

    cool_down: float = 24 * 3600.0
    rows: int = 10_000
    margin: float = 0.0
    confidence: float = 0.95

    def trigger(
        self,
        *,
        violations: Sequence[Violation],
        alarms: Sequence[Alarm],
        concept_drift: bool,
        since_training: float,
        rows: int,
    ) -> Decision:
        """Whether to train now; `since_training` in seconds, `rows` of fresh labelled data."""
        # step 9: broken data stop everything; then a reason, the cool-down, enough rows
        return Decision("wait", "not written yet")

    def judge(self, champion: ArrayLike, challenger: ArrayLike) -> Decision:
        """Compare metric values (n,) of the same hold-out units, higher is better, by a paired t interval.

        Raises ValueError for unpaired values or fewer than two.
        """
        # step 9: the interval of the mean difference; is all of it above the margin?
        return Decision("keep the champion", "not written yet")
