"""Concept drift: the inputs look the same, the answers have changed. Seen in the errors, one at a time.

Two detectors, both fed each new error (0 or 1, or any number in [0, 1]) and both saying True when it is time to act:

- `PageHinkley`, here, adds up how far errors exceed their running mean plus a tolerance and alarms when the sum has
  risen by `threshold` above its lowest point. A few numbers of state; sees rises only; its threshold has to be tuned to
  the noise.
- `Adwin`, in `recsys.drift.adwin`, needs no threshold and sees both directions, for O(log n) state and time.

Both need labels, and labels come late: `recsys.drift.labels` joins them to the predictions.
Source: Page, Biometrika 1954.
"""

from __future__ import annotations


class PageHinkley:
    """Detects a rise of the mean."""

    def __init__(self, delta: float = 0.005, threshold: float = 50.0, minimum: int = 30) -> None:
        """Tolerate `delta` above the mean; alarm at `threshold`, not before `minimum` values."""
        if delta < 0 or threshold <= 0:
            raise ValueError(f"Page-Hinkley needs delta >= 0 and threshold > 0, not {delta} and {threshold}")
        self.delta, self.threshold, self.minimum = delta, threshold, minimum
        self.reset()

    def reset(self) -> None:
        """Start anew, as after a retraining."""
        self.count, self.mean, self._sum, self._lowest = 0, 0.0, 0.0, 0.0

    def update(self, value: float) -> bool:
        """Whether the mean has risen; the detector then starts anew."""
        self.count += 1
        self.mean += (value - self.mean) / self.count
        self._sum += value - self.mean - self.delta
        self._lowest = min(self._lowest, self._sum)
        risen = self.count >= self.minimum and self._sum - self._lowest > self.threshold
        if risen:
            self.reset()
        return risen
