"""The course of a quiz: shuffling, answers, results, calibration."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyapp.domain.grading import Confidence, NotAnAnswer
from studyapp.domain.origin import Authored, Origin
from studyapp.domain.questions import Numeric, Option, Ordering, Question, SingleChoice, Step
from studyapp.domain.quiz import Quiz, QuizMode, calibration
from studyapp.domain.responses import Chosen, Typed


def about(id_: str) -> Authored:
    return Authored(id_, "t", Origin("f"))


def single(id_: str, texts: tuple[str, ...] = ("p", "q", "r", "s")) -> SingleChoice:
    return SingleChoice(about=about(id_), stem="?", options=tuple(Option(t, "", i == 0) for i, t in enumerate(texts)))


def quiz(questions: list[Question], mode: QuizMode = QuizMode.MIXED, seed: int = 1) -> Quiz:
    return Quiz("quiz", mode, questions, random.Random(seed))


@given(st.integers(0, 10_000))
def test_options_are_shuffled_once_and_all_stay(seed: int) -> None:
    one = quiz([single("a")], seed=seed)
    order = one.order(one.questions[0])
    assert sorted(order) == [0, 1, 2, 3]
    assert one.order(one.questions[0]) == order


def test_every_place_gets_the_right_option_about_equally_often() -> None:
    places = [quiz([single("a")], seed=seed).order(single("a")).index(0) for seed in range(800)]
    assert all(140 < places.count(place) < 260 for place in range(4))


def test_numbers_stay_in_order() -> None:
    question = single("a", ("300", "10", "2,000"))
    assert quiz([question]).order(question) == (1, 0, 2)


@given(st.integers(0, 2000))
def test_an_ordering_question_never_shows_its_answer(seed: int) -> None:
    question = Ordering(about=about("o"), stem="?", items=tuple(Step(t, "") for t in "xyz"))
    assert list(quiz([question], seed=seed).order(question)) != [0, 1, 2]


def test_an_answer_that_cannot_be_read_leaves_the_quiz_where_it_was() -> None:
    one = quiz([Numeric(about=about("n"), stem="?", answer=1.0, tolerance=0.0)])
    with pytest.raises(NotAnAnswer):
        one.answer(Typed("x"), Confidence.LOW, 5)
    assert one.answers == []
    assert one.current is not None


def test_the_result() -> None:
    one = quiz([single("a"), single("b")])
    one.answer(Chosen(frozenset({0})), Confidence.HIGH, 4000)
    one.answer(Chosen(frozenset({1})), Confidence.MEDIUM, 6000)
    result = one.result()
    assert (result.share, result.points, result.best_points, result.duration) == (0.5, 1.0, 6.0, 10_000)
    assert [answer.question.id for answer in result.missed] == ["b"]
    assert one.current is None
    with pytest.raises(ValueError, match="answered"):
        one.answer(None, Confidence.LOW, 0)


def test_only_an_exam_has_a_clock_and_no_feedback() -> None:
    assert (quiz([single("a")]).seconds, quiz([single("a")]).feedback) == (0, True)
    assert (quiz([single("a")], QuizMode.EXAM).seconds, quiz([single("a")], QuizMode.EXAM).feedback) == (90, False)


def test_what_was_left_unanswered_claims_nothing() -> None:
    one = quiz([single("a"), single("b")])
    one.answer(Chosen(frozenset({0})), Confidence.LOW, 1)
    one.answer(None, Confidence.LOW, 0)
    assert [(row.confidence, row.count, row.right) for row in one.result().calibration()] == [(Confidence.LOW, 1, 1.0)]
    assert one.result().share == 0.5


def test_calibration_sets_what_was_right_beside_what_was_claimed() -> None:
    rows = calibration([(Confidence.HIGH, 1.0), (Confidence.HIGH, 0.0), (Confidence.LOW, 1.0)])
    assert [(row.confidence, row.count, row.right) for row in rows] == [
        (Confidence.LOW, 1, 1.0),
        (Confidence.HIGH, 2, 0.5),
    ]
