"""Cheap-first routing: what is passed on, what it costs, and whether the calibrated threshold keeps its promise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.routing import Cascade, calibrate


def judged(seed: int, n: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    """Confidences, and whether the small model agrees: the surer, the likelier."""
    rng = np.random.default_rng(seed)
    confidence = rng.random(n)
    return confidence, rng.random(n) < 0.6 + 0.4 * confidence


def cascade(threshold: float, asked: list[np.ndarray] | None = None) -> Cascade:
    def cheap(inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return -inputs, inputs

    def costly(inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        if asked is not None:
            asked.append(inputs)
        return 100 * inputs, np.ones(len(inputs))

    return Cascade(cheap, costly, threshold)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.floats(0, 1))
def test_sure_answers_stand_and_the_others_are_passed_on_in_order(values: list[float], threshold: float) -> None:
    routed = cascade(threshold).answer(np.array(values))
    assert routed.answers.tolist() == [-v if v >= threshold else 100 * v for v in values]
    assert routed.cost(1.0, 10.0) == pytest.approx(1 + 10 * np.mean([v < threshold for v in values]))


def test_the_costly_model_sees_the_unsure_ones_alone_or_nothing() -> None:
    asked: list[np.ndarray] = []
    cascade(0.5, asked).answer(np.array([0.9, 0.1, 0.5, 0.2]))
    cascade(0.0, asked).answer(np.array([0.9, 0.1]))
    assert [inputs.tolist() for inputs in asked] == [[0.1, 0.2]]


def test_a_confidence_that_is_no_number_is_none() -> None:
    assert cascade(0.0).answer(np.array([np.nan])).passed_on.tolist() == [True]


@pytest.mark.parametrize("target", [0.85, 0.9, 0.95])
def test_the_threshold_keeps_its_promise_on_new_requests(target: float) -> None:
    threshold = calibrate(*judged(1), target)
    confidence, agrees = judged(2)
    kept = confidence >= threshold
    assert agrees[kept].mean() >= target - 0.01
    assert kept.mean() > 0.05


def test_a_higher_target_passes_on_more() -> None:
    thresholds = [calibrate(*judged(1), target) for target in (0.8, 0.9, 0.95)]
    assert thresholds == sorted(thresholds)
    assert len(set(thresholds)) == 3


def test_a_few_lucky_requests_prove_nothing() -> None:
    assert calibrate(np.linspace(0, 1, 10), np.ones(10, dtype=bool), 0.95) == float("inf")
    assert cascade(float("inf")).answer(np.array([1.0])).passed_on.tolist() == [True]
