"""FSRS over arrays says the same as the plain formulas, which are checked against the package."""

import numpy as np
import pytest

from studyapp.domain.forgetting import Forgetting
from studyapp.domain.schedule import Grade, MemoryModel
from studyapp.domain.selection import Standing, gain
from studyapp.simulation import memory

FORGETTING = Forgetting(MemoryModel().parameters)
RNG = np.random.default_rng(3)
STABILITY, DIFFICULTY = np.exp(RNG.uniform(-1, 5, 200)), RNG.uniform(1, 10, 200)
AGE = RNG.integers(1, 60, 200).astype(float)


@pytest.mark.parametrize("grade", list(Grade))
def test_a_review(grade: Grade) -> None:
    now = memory.recall(AGE, STABILITY)
    arrays = memory.reviewed(STABILITY, DIFFICULTY, now, np.full(200, int(grade)))
    plain = [FORGETTING.reviewed(s, d, r, grade) for s, d, r in zip(STABILITY, DIFFICULTY, now, strict=True)]
    assert np.allclose(np.stack(arrays, axis=1), plain)
    begun = memory.begun(np.array([int(grade)]))
    assert (begun[0][0], begun[1][0]) == pytest.approx(FORGETTING.begun(grade))


def test_the_gain_of_a_review() -> None:
    plain = [
        gain(Standing("", "", "", s, d, a), 7.0, FORGETTING) for s, d, a in zip(STABILITY, DIFFICULTY, AGE, strict=True)
    ]
    assert np.allclose(memory.gain(STABILITY, DIFFICULTY, AGE, 7.0), plain)


def test_intervals_reach_the_retention_that_is_aimed_at() -> None:
    days = memory.interval(STABILITY, 0.9)
    assert np.array_equal(days, np.maximum(1, np.round(STABILITY)))


@pytest.mark.parametrize("decay", [-0.1, -0.5])
def test_every_curve_passes_nine_tenths_at_the_stability(decay: float) -> None:
    assert np.allclose(memory.recall(STABILITY, STABILITY, decay), 0.9)
