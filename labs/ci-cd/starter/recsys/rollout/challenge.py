"""The second gate: is the challenger at least as good as the champion? Yours to write.

Both models ranked for the same holdout users; each user's two values stand at the same place. As it stands the higher
average wins, whoever the users are and however few.
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
        # step 3: which decisions let it go on?
        return self.decision != "worse"


def challenge(
    champion: ArrayLike,
    challenger: ArrayLike,
    *,
    margin: float = 0.0,
    segments: ArrayLike | None = None,
    segment_users: int = 100,
    confidence: float = 0.95,
) -> Challenge:
    """Compare a metric (say NDCG@10) user by user; a loss up to `margin` is tolerated, for each segment as well.

    Raises ValueError unless both have one value for each of the same users, two users or more.
    """
    # step 3: decide by the interval of the difference a user, and let no segment be worse than `margin`
    ours, theirs = (np.asarray(values, dtype=np.float64) for values in (challenger, champion))
    difference = float(ours.mean() - theirs.mean())
    decision: Decision = "better" if difference > 0 else "worse"
    return Challenge(decision, difference, difference, difference, (f"mean difference {difference:+.4f}",))


def _broken(
    gains: NDArray[np.float64], segments: NDArray[np.generic], margin: float, users: int, confidence: float
) -> Iterator[str]:
    """Segments of `users` or more that are shown to be worse, though many are looked at."""
    # step 3: with ten segments at 95 % each, how often does one of them look worse by chance?
    yield from ()


def _interval(gains: NDArray[np.float64], confidence: float) -> tuple[float, float]:
    """The interval of the mean, by Student's t; `stdtrit(freedom, p)` is the quantile of t."""
    # step 3
    spread = float(stdtrit(gains.size - 1, 0.5 + confidence / 2)) / math.sqrt(gains.size)
    return -spread, spread
