"""Concept drift: the inputs look the same, the answers have changed. Page-Hinkley is yours to write.

As it stands it never says anything. It is fed each new error (0 or 1, or any number in [0, 1]) and says True when it is
time to act. `recsys.drift.adwin` has the detector that needs no threshold, for comparison.
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
        # step 8: what else has to be remembered between two errors?
        self.count, self.mean = 0, 0.0

    def update(self, value: float) -> bool:
        """Whether the mean has risen; the detector then starts anew."""
        # step 8: the running mean; the sum of how far errors exceed it and `delta`; the lowest that this sum has been
        return False
