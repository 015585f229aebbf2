"""FSRS-6 over arrays: what `domain.forgetting` says of one prompt, for many at once."""

import numpy as np
from numpy.typing import NDArray

from studyapp.domain.forgetting import FIRST_GRADES, RECALLED_GRADES
from studyapp.domain.schedule import MemoryModel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

W = np.array(MemoryModel().parameters)
DECAY = float(-W[20])
FIRST = np.array(list(FIRST_GRADES.values()))
RECALLED = np.array(list(RECALLED_GRADES.values()))
_BONUS = np.array([0.0, 0.0, W[15], 1.0, W[16]])  # by grade; 0 and 1 are not used


def recall(days: Floats, stability: Floats, decay: float = DECAY) -> Floats:
    """Probability of recall; every decay passes through 90 % after as many days as the stability."""
    return np.asarray((1 + (0.9 ** (1 / decay) - 1) * days / stability) ** decay)


def interval(stability: Floats, retention: float) -> Floats:
    """Whole days until recall has fallen to `retention`, at least one."""
    days = stability / (0.9 ** (1 / DECAY) - 1) * (retention ** (1 / DECAY) - 1)
    return np.asarray(np.maximum(1.0, np.round(days)))


def begun(grade: Ints) -> tuple[Floats, Floats]:
    """(stability, difficulty) after the first sight."""
    return W[grade - 1], np.clip(W[4] - np.exp(W[5] * (grade - 1)) + 1, 1, 10)


def reviewed(stability: Floats, difficulty: Floats, recalled: Floats, grade: Ints) -> tuple[Floats, Floats]:
    """(stability, difficulty) after a review at which recall was `recalled`."""
    kept = stability * (1 + _rise(stability, difficulty, recalled) * _BONUS[grade])
    after = np.where(grade == 1, forgotten(stability, difficulty, recalled), kept)
    moved = difficulty - W[6] * (grade - 3) * (10 - difficulty) / 9
    easiest = W[4] - np.exp(W[5] * 3) + 1
    return after, np.clip(W[7] * easiest + (1 - W[7]) * moved, 1, 10)


def forgotten(stability: Floats, difficulty: Floats, recalled: Floats) -> Floats:
    """Stability after a lapse."""
    lapse = W[11] * difficulty ** -W[12] * ((stability + 1) ** W[13] - 1) * np.exp((1 - recalled) * W[14])
    return np.asarray(np.maximum(0.001, np.minimum(lapse, stability / np.exp(W[17] * W[18]))))


def gain(stability: Floats, difficulty: Floats, age: Floats, days: float) -> Floats:
    """What a review now is expected to add to recall `days` from now."""
    now = recall(age, stability)
    rise = _rise(stability, difficulty, now)
    ahead = np.asarray(days)
    stronger = ((share, stability * (1 + rise * _BONUS[grade])) for grade, share in RECALLED_GRADES.items())
    kept = sum(share * recall(ahead, after) for share, after in stronger)
    lost = recall(ahead, forgotten(stability, difficulty, now))
    return np.asarray(now * kept + (1 - now) * lost - recall(age + days, stability))


def _rise(stability: Floats, difficulty: Floats, recalled: Floats) -> Floats:
    growth = np.exp(W[8]) * (11 - difficulty) * stability ** -W[9]
    return np.asarray(growth * (np.exp((1 - recalled) * W[10]) - 1))
