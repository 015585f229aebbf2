"""The quick formulas against the FSRS package."""

from datetime import timedelta

import pytest
from fsrs import Card, Rating, Scheduler, State
from hypothesis import given
from hypothesis import strategies as st

from studyapp.domain.forgetting import FIRST_GRADES, RECALLED_GRADES, Forgetting
from studyapp.domain.schedule import DAY_MS, EPOCH, Grade, Memory, MemoryModel, Phase

MODEL = MemoryModel()
FORGETTING = Forgetting(MODEL.parameters)
stabilities, difficulties = st.floats(0.1, 400.0), st.floats(1.0, 10.0)


@given(stabilities, difficulties, st.integers(1, 400), st.sampled_from(list(Grade)))
def test_a_review_changes_memory_as_in_the_package(
    stability: float, difficulty: float, days: int, grade: Grade
) -> None:
    card = Card(1, State.Review, None, stability, difficulty, EPOCH, EPOCH)
    reviewed, _ = Scheduler(enable_fuzzing=False).review_card(card, Rating(int(grade)), EPOCH + timedelta(days=days))
    expected = (reviewed.stability, reviewed.difficulty)
    recall = FORGETTING.recall(days, stability)
    assert FORGETTING.reviewed(stability, difficulty, recall, grade) == pytest.approx(expected)


@pytest.mark.parametrize("grade", list(Grade))
def test_the_first_sight_is_that_of_the_package(grade: Grade) -> None:
    card, _ = Scheduler().review_card(Card(1), Rating(int(grade)), EPOCH)
    assert FORGETTING.begun(grade) == pytest.approx((card.stability, card.difficulty))


@given(stabilities, st.floats(0, 1000))
def test_recall_is_that_of_the_memory_model(stability: float, days: float) -> None:
    memory = Memory(Phase.REVIEW, 0, stability, 5.0, 0, 0, 1, 0)
    assert FORGETTING.recall(days, stability) == pytest.approx(MODEL.retrievability(memory, round(days * DAY_MS)))


@given(stabilities, difficulties, st.floats(0.2, 60), st.floats(0.5, 60))
def test_the_expectation_before_a_review_is_the_mean_of_its_outcomes(
    stability: float, difficulty: float, age: float, days: float
) -> None:
    now = FORGETTING.recall(age, stability)
    shares = {Grade.AGAIN: 1 - now} | {grade: now * share for grade, share in RECALLED_GRADES.items()}
    mean = sum(
        share * FORGETTING.recall(days, FORGETTING.reviewed(stability, difficulty, now, grade)[0])
        for grade, share in shares.items()
    )
    assert FORGETTING.recall_if_reviewed(stability, difficulty, now, days) == pytest.approx(mean)


def test_the_shares_of_grades_are_whole() -> None:
    assert sum(FIRST_GRADES.values()) == pytest.approx(1)
    assert sum(RECALLED_GRADES.values()) == pytest.approx(1)
