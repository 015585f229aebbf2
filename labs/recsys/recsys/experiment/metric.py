"""A metric in an experiment: its estimate, what it is for, and which way is better.

- The *goal* is the one metric that the decision was planned on.
- A *secondary* metric explains; it never decides alone.
- A *guardrail* must not get worse by more than `margin`. Ask "is harm ruled out?", not "is harm proved?": a
  small experiment proves nothing, and "no significant harm" then only means that nobody looked closely (a
  non-inferiority test, as in clinical trials).
"""

import math
from dataclasses import dataclass
from typing import Literal

from recsys.experiment.estimate import Estimate

Role = Literal["goal", "secondary", "guardrail"]
Safety = Literal["safe", "harmed", "unsure"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One measured metric; `margin` is the harm a guardrail tolerates, in the metric's unit (0.01 of a share)."""

    name: str
    estimate: Estimate
    role: Role = "goal"
    better: Literal["higher", "lower"] = "higher"
    margin: float = 0.0
    percent: bool = False

    @property
    def gain(self) -> tuple[float, float, float]:
        """Low end, point and high end of the difference, turned so that a positive number is better."""
        estimate = self.estimate
        if self.better == "higher":
            return estimate.low, estimate.difference, estimate.high
        return -estimate.high, -estimate.difference, -estimate.low

    @property
    def safety(self) -> Safety:
        """For a guardrail: safe when more harm than `margin` is ruled out, harmed when harm beyond it is shown."""
        low, _, high = self.gain
        if low >= -self.margin:
            return "safe"
        return "harmed" if high < -self.margin else "unsure"

    def describe(self) -> str:
        """The change in words: levels, difference, and the range that fits the data."""
        estimate = self.estimate
        verb = "did not move" if estimate.difference == 0 else "rose" if estimate.difference > 0 else "fell"
        relative = f", {estimate.relative:+.1%}" if math.isfinite(estimate.relative) else ""
        return (
            f"{self.name} {verb} from {self._level(estimate.control)} to {self._level(estimate.treatment)}"
            f" ({self._change(estimate.difference)}{relative}; anything from {self._change(estimate.low)}"
            f" to {self._change(estimate.high)} fits the data)"
        )

    def _level(self, value: float) -> str:
        return f"{value:.2%}" if self.percent else f"{value:.4g}"

    def _change(self, value: float) -> str:
        return f"{100 * value:+.2f} points" if self.percent else f"{value:+.3g}"
