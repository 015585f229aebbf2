"""How many new prompts a day takes, and how long the final window is: the time side of an interview plan."""

import math
from dataclasses import dataclass

EXPECTED_RECALL = 0.87  # at a review, over a whole plan: what turns the two costs of a review into one


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds that a prompt takes, repeats of the day included: at first sight, when recalled, when forgotten.

    A fifth more than the defaults of the FSRS simulator (18, 8 and 23 s, github.com/open-spaced-repetition/
    fsrs-optimizer), because an answer about a system is longer than a word.
    """

    new: float = 22.0
    recalled: float = 10.0
    forgotten: float = 25.0

    @property
    def review(self) -> float:
        """Seconds of a review before it is known how it goes: 12 by default."""
        return EXPECTED_RECALL * self.recalled + (1 - EXPECTED_RECALL) * self.forgotten

    def expected(self, recall: float) -> float:
        """Seconds of a review of a prompt that is recalled with this probability."""
        return recall * self.recalled + (1 - recall) * self.forgotten


def window_sessions(prompts: int, seconds: float, pace: Pace) -> int:
    """How many of the last study days refresh everything, each prompt once in the `seconds` of a day, and one more."""
    return math.ceil(prompts * pace.review / seconds) + 1 if seconds > 0 else 0


def new_today(unseen: int, sessions: int, window: int, seconds: float, pace: Pace) -> int:
    """New prompts for today, with `sessions` study days left, today included.

    They are paced evenly so that introductions end before the final window. Where the time is too short for that they
    go on into it: a prompt never seen counts nothing, so it goes ahead of any review.
    """
    if unseen <= 0 or sessions <= 0:
        return 0
    days = max(1, sessions - window)
    return min(math.ceil(unseen / days), int(seconds // pace.new))


def seen_by_then(unseen: int, sessions: int, seconds: float, pace: Pace) -> int:
    """How many of the prompts not yet seen can be shown in the study days that are left."""
    return min(unseen, sessions * int(seconds // pace.new))


def seconds_to_see_all(unseen: int, sessions: int, pace: Pace) -> float:
    """Seconds a day that show every prompt once; infinite when no day is left."""
    return math.ceil(unseen / sessions) * pace.new if sessions else math.inf
