"""After the interview: cards go back to their ordinary due dates, over two weeks so that nothing piles up."""

import math

from studyapp.domain.queue import Limits

SETTLING_DAYS = 14


def settled(limits: Limits, day: int, ended: int, due: int, reviewed: int) -> Limits:
    """The limits of a day after a plan ended on the day `ended`.

    `due` counts prompts that fall due by the end of the two weeks and are still to be reviewed, `reviewed` those
    reviewed today. Each day takes its even share of what is left, so a wave of due dates is flattened.
    """
    left = ended + SETTLING_DAYS - day + 1
    if left < 1:
        return limits
    share = math.ceil((due + reviewed) / left)
    return Limits(new=limits.new, reviews=min(limits.reviews, share))
