"""Delayed labels: what became of a prediction is known minutes or weeks later, or never. Yours to write.

As it stands every prediction is forgotten and every label finds none.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """A prediction with its answer: `score` and `label` in [0, 1], `delay` in seconds."""

    prediction_id: str
    score: float
    label: float
    delay: float

    @property
    def error(self) -> float:
        """Absolute error, what the detectors of concept drift are fed."""
        return abs(self.score - self.label)


class DelayedLabels:
    """Predictions that wait for their label, at most `capacity` of them and at most `horizon` seconds."""

    def __init__(self, horizon: float, *, default: float = 0.0, capacity: int = 100_000) -> None:
        """Take `default` for the label where none has come within `horizon` seconds."""
        self.horizon, self.default, self.capacity = horizon, default, capacity
        self._waiting: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self.overflowed = self.unmatched = 0

    def predicted(self, prediction_id: str, score: float, time: float) -> None:
        """Remember a prediction; the oldest is given up where there are too many, and counted in `overflowed`."""
        # step 8
        pass

    def labelled(self, prediction_id: str, label: float, time: float) -> Outcome | None:
        """The outcome of a prediction that was waiting; a label without one is counted in `unmatched`."""
        # step 8
        return None

    def matured(self, time: float) -> list[Outcome]:
        """The predictions whose horizon has passed by `time`, with the default label, oldest first."""
        # step 8: only now is "no answer" an answer
        return []

    def __len__(self) -> int:
        """Predictions that wait."""
        return len(self._waiting)
