"""The second gate: is the challenger at least as good as the champion, on the same users, at the same time?

Both models rank for the same holdout users, cut off by time, and the *difference a user* is tested. Pairing
removes what users differ by anyway and needs far fewer of them than two separate averages. The holdout must be
newer than the training data of both; a champion tested on the month it was trained on wins by memory.

A better mean may hide a broken tenant, so segments are looked at too, each with a stricter level, since many
are looked at (Bonferroni). "Unsure" is not "equal": it does not pass.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

Decision = Literal["better", "not worse", "unsure", "worse"]


@dataclass(frozen=True, slots=True)
class Challenge:
    """The outcome, with the mean difference a user (challenger minus champion) and its interval."""

    decision: Decision
    difference: float
    low: float
    high: float
    reasons: tuple[str, ...]

    @property
    def passes(self) -> bool:
        """True when the challenger may go on to a canary."""
        return self.decision in ("better", "not worse")


def challenge(
    champion: ArrayLike,
    challenger: ArrayLike,
    *,
    margin: float = 0.0,
    segments: ArrayLike | None = None,
    segment_users: int = 100,
    confidence: float = 0.95,
) -> Challenge:
    """Compare a metric (say NDCG@10) user by user; a loss up to `margin` is tolerated, for each segment as well."""
    ours, theirs = (np.asarray(values, dtype=np.float64) for values in (challenger, champion))
    if ours.shape != theirs.shape or ours.ndim != 1 or ours.size < 2:
        raise ValueError("both models need one value for each of the same users, two users or more")
    gains = ours - theirs
    low, high = _interval(gains, confidence)
    decision: Decision = "better" if low > 0 else "not worse" if low >= -margin else "unsure"
    reasons = [f"mean difference a user {gains.mean():+.4f} ({low:+.4f} to {high:+.4f}) over {gains.size:,} users"]
    if high < -margin:
        decision = "worse"
    if segments is not None:
        broken = list(_broken(gains, np.asarray(segments), margin, segment_users, confidence))
        reasons += broken
        decision = "worse" if broken else decision
    return Challenge(decision, float(gains.mean()), low, high, tuple(reasons))


def _broken(
    gains: NDArray[np.float64], segments: NDArray[np.generic], margin: float, users: int, confidence: float
) -> Iterator[str]:
    names, sizes = np.unique(segments, return_counts=True)
    looked_at = names[sizes >= users]
    for name in looked_at:
        mine = gains[segments == name]
        low, high = _interval(mine, 1 - (1 - confidence) / len(looked_at))
        if high < -margin:
            yield f"{name}: worse by {-mine.mean():.4f} ({low:+.4f} to {high:+.4f}) over {mine.size:,} users"


def _interval(gains: NDArray[np.float64], confidence: float) -> tuple[float, float]:
    mean = float(gains.mean())
    spread = float(stdtrit(gains.size - 1, 0.5 + confidence / 2)) * float(gains.std(ddof=1)) / math.sqrt(gains.size)
    return mean - spread, mean + spread
