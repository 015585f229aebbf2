"""How recall fades and what a review does to it: FSRS-6 on plain numbers, quick enough to weigh thousands of prompts.

Days are days of 24 hours, stability is in days, recall runs from 0 to 1. Only what lies a day or more apart is
modelled; repeats within a day are left out.
Formulas: github.com/open-spaced-repetition/awesome-fsrs/wiki/The-Algorithm.
"""

import math

from studyapp.domain.schedule import Grade

# how often each grade is given, first to a new prompt, then to a recalled one: the defaults of the FSRS simulator,
# github.com/open-spaced-repetition/fsrs-optimizer
FIRST_GRADES = {Grade.AGAIN: 0.24, Grade.HARD: 0.094, Grade.GOOD: 0.495, Grade.EASY: 0.171}
RECALLED_GRADES = {Grade.HARD: 0.224, Grade.GOOD: 0.631, Grade.EASY: 0.145}


class Forgetting:
    """The forgetting curve and the change of memory at a review, for the parameters of a `MemoryModel`."""

    def __init__(self, parameters: tuple[float, ...]) -> None:
        self.parameters = w = parameters
        self._decay = -w[20]
        self._factor = 0.9 ** (1 / self._decay) - 1
        self._growth = math.exp(w[8])
        self._same_day_loss = math.exp(w[17] * w[18])
        bonus = {Grade.HARD: w[15], Grade.GOOD: 1.0, Grade.EASY: w[16]}
        self._bonuses = tuple((share, bonus[grade]) for grade, share in RECALLED_GRADES.items())
        self._bonus = bonus
        self._easiest = w[4] - math.exp(w[5] * 3) + 1

    def recall(self, days: float, stability: float) -> float:
        """Probability of recall some days after a review."""
        return float((1 + self._factor * days / stability) ** self._decay)

    def begun(self, grade: Grade) -> tuple[float, float]:
        """(stability, difficulty) after the first sight."""
        w = self.parameters
        return w[grade - 1], _difficulty(w[4] - math.exp(w[5] * (grade - 1)) + 1)

    def reviewed(self, stability: float, difficulty: float, recall: float, grade: Grade) -> tuple[float, float]:
        """(stability, difficulty) after a review at which recall was that probable."""
        w = self.parameters
        if grade is Grade.AGAIN:
            after = self._forgotten(stability, difficulty, recall)
        else:
            after = stability * (1 + self._rise(stability, difficulty, recall) * self._bonus[grade])
        moved = difficulty - w[6] * (grade - 3) * (10 - difficulty) / 9
        return after, _difficulty(w[7] * self._easiest + (1 - w[7]) * moved)

    def recall_if_reviewed(self, stability: float, difficulty: float, recall: float, days: float) -> float:
        """Expected recall `days` after a review now, before it is known how the review goes."""
        rise = self._rise(stability, difficulty, recall)
        kept = sum(share * self.recall(days, stability * (1 + rise * bonus)) for share, bonus in self._bonuses)
        return recall * kept + (1 - recall) * self.recall(days, self._forgotten(stability, difficulty, recall))

    def recall_if_begun(self, days: float) -> float:
        """Expected recall `days` after the first sight."""
        return sum(share * self.recall(days, self.begun(grade)[0]) for grade, share in FIRST_GRADES.items())

    def _rise(self, stability: float, difficulty: float, recall: float) -> float:
        w = self.parameters
        return float(self._growth * (11 - difficulty) * stability ** -w[9] * (math.exp((1 - recall) * w[10]) - 1))

    def _forgotten(self, stability: float, difficulty: float, recall: float) -> float:
        w = self.parameters
        lapse = w[11] * difficulty ** -w[12] * ((stability + 1) ** w[13] - 1) * math.exp((1 - recall) * w[14])
        return float(max(0.001, min(lapse, stability / self._same_day_loss)))


def _difficulty(value: float) -> float:
    return min(10.0, max(1.0, value))
