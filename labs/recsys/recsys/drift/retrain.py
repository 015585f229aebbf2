"""When to retrain, and what may replace the champion: never a worse model, and never automatically on a bare alarm.

The order matters. Broken data stop everything. A cool-down keeps one long drift from starting a training each hour.
Then a reason is needed: drift that asks for action, or errors that rose. What comes out of the training is a
challenger; it is compared with the champion on the same fresh hold-out, unit by unit, and is a candidate for the
canary only if the whole confidence interval of the difference is above the margin. "Not worse" is not better: a tie
keeps what is running and known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

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
        if violations:
            return Decision("fix the data", "the data fail the quality gate: " + "; ".join(map(str, violations)))
        acute = [alarm for alarm in alarms if alarm.severity == "act"]
        if not acute and not concept_drift:
            watched = ", ".join(alarm.feature for alarm in alarms)
            return Decision("wait", f"watching {watched}: no drift to act on" if watched else "nothing drifted")
        if since_training < self.cool_down:
            left = (self.cool_down - since_training) / 3600
            return Decision("wait", f"trained {since_training / 3600:.1f} h ago: the cool-down lasts {left:.1f} h more")
        if rows < self.rows:
            return Decision("wait", f"{rows} fresh labelled rows are too few to train on; {self.rows} are needed")
        reason = "; ".join([*map(str, acute), *(["the errors have risen"] if concept_drift else [])])
        return Decision("retrain", reason)

    def judge(self, champion: ArrayLike, challenger: ArrayLike) -> Decision:
        """Compare metric values (n,) of the same hold-out units, higher is better, by a paired t interval.

        Raises ValueError for unpaired values or fewer than two.
        """
        difference = np.asarray(challenger, float) - np.asarray(champion, float)
        if difference.ndim != 1 or len(difference) < 2:
            raise ValueError("judging needs the metric of at least two hold-out units, for both models")
        gain = float(difference.mean())
        error = float(difference.std(ddof=1) / np.sqrt(len(difference)))
        reach = float(stdtrit(len(difference) - 1, (1 + self.confidence) / 2)) * error
        interval = f"{gain:+.4f} ({gain - reach:+.4f} to {gain + reach:+.4f}, {len(difference)} units)"
        if gain - reach > self.margin:
            return Decision("start a canary", f"the challenger is better by {interval}")
        return Decision("keep the champion", f"the challenger is not shown to be better by {self.margin:g}: {interval}")
