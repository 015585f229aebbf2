"""Delayed labels: what became of a prediction is known minutes or weeks later, or never.

Predictions wait, by id, for their label. Whoever acts (a click, a done item) labels early; "no" is only known when
`horizon` has passed without an answer. Judging earlier counts every open prediction as a miss, and errors seem to
rise whenever traffic does. So an outcome is given out when its label arrives, and a prediction whose horizon has
passed as `default`.
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
        self._waiting[prediction_id] = (score, time)
        if len(self._waiting) > self.capacity:
            self._waiting.popitem(last=False)
            self.overflowed += 1

    def labelled(self, prediction_id: str, label: float, time: float) -> Outcome | None:
        """The outcome of a prediction that was waiting; a label without one is counted in `unmatched`."""
        waiting = self._waiting.pop(prediction_id, None)
        if waiting is None:
            self.unmatched += 1
            return None
        score, predicted = waiting
        return Outcome(prediction_id, score, label, time - predicted)

    def matured(self, time: float) -> list[Outcome]:
        """The predictions whose horizon has passed by `time`, with the default label, oldest first."""
        outcomes = []
        while self._waiting:
            prediction_id, (score, predicted) = next(iter(self._waiting.items()))
            if time - predicted < self.horizon:
                break
            del self._waiting[prediction_id]
            outcomes.append(Outcome(prediction_id, score, self.default, self.horizon))
        return outcomes

    def __len__(self) -> int:
        """Predictions that wait."""
        return len(self._waiting)
