"""Quizzes: what is asked, what an answer leaves behind, cards brought forward."""

import pytest

from studyapp.domain.events import EventKind
from studyapp.domain.grading import Confidence, NotAnAnswer
from studyapp.domain.questions import SingleChoice
from studyapp.domain.quiz import Quiz, QuizMode
from studyapp.domain.responses import Chosen, Typed
from studyapp.study import overview, quizzing
from studyapp.study.study import Study
from tests.conftest import Home
from tests.study.test_reviewing import grade_all


def answer_all(study: Study, quiz: Quiz, right: bool = False) -> None:
    while quiz.current is not None:
        option = 0 if right and isinstance(quiz.current, SingleChoice) else 1
        response = Chosen(frozenset({option})) if isinstance(quiz.current, SingleChoice) else None
        quizzing.answer(study, quiz, response, Confidence.MEDIUM, 2000)


def test_a_mixed_quiz_takes_topics_in_turn_and_the_asked_number(study: Study) -> None:
    quiz = quizzing.start(study, QuizMode.MIXED, count=6)
    assert len({question.id for question in quiz.questions}) == 6
    assert sorted(question.topic for question in quiz.questions) == ["alpha"] * 3 + ["beta"] * 3


def test_a_quiz_on_a_topic_asks_only_it_and_no_more_than_there_is(study: Study) -> None:
    quiz = quizzing.start(study, QuizMode.TOPIC, ["beta"], count=50)
    assert {question.topic for question in quiz.questions} == {"beta"}
    assert len(quiz.questions) == 8


def test_what_was_never_asked_comes_before_what_was(home: Home, study: Study) -> None:
    first = quizzing.start(study, QuizMode.MIXED, count=8)
    answer_all(study, first)
    home.hands.forward(minutes=5)
    second = quizzing.start(study, QuizMode.MIXED, count=8)
    assert not {q.id for q in first.questions} & {q.id for q in second.questions}


def test_missed_ones_are_asked_until_they_are_right(home: Home, study: Study) -> None:
    assert quizzing.start(study, QuizMode.MISSED).questions == []
    quiz = quizzing.of_questions(study, ["alpha-q-single", "beta-q-single"])
    quizzing.answer(study, quiz, Chosen(frozenset({1})), Confidence.HIGH, 1)
    quizzing.answer(study, quiz, Chosen(frozenset({0})), Confidence.HIGH, 1)
    assert [q.id for q in quizzing.start(study, QuizMode.MISSED).questions] == ["alpha-q-single"]
    home.hands.forward(minutes=1)
    again = quizzing.of_questions(study, ["alpha-q-single"])
    quizzing.answer(study, again, Chosen(frozenset({0})), Confidence.HIGH, 1)
    assert quizzing.start(study, QuizMode.MISSED).questions == []


def test_a_missed_question_brings_its_seen_cards_forward(home: Home, study: Study) -> None:
    grade_all(study)
    home.hands.forward(days=1)
    before = {id_: s.memory.due for id_, s in study.progress.states().items()}
    quiz = quizzing.of_questions(study, ["alpha-q-single"])
    quizzing.answer(study, quiz, Chosen(frozenset({2})), Confidence.LOW, 1)
    now = study.clock.now()
    moved = {id_ for id_, s in study.progress.states().items() if s.memory.due != before[id_]}
    assert moved == {"alpha-basic", "alpha-cloze#c1"}
    assert all(study.progress.state(id_).memory.due == now for id_ in moved)


def test_a_right_answer_moves_nothing(study: Study) -> None:
    grade_all(study)
    before = study.progress.states()
    answer_all(study, quizzing.of_questions(study, ["alpha-q-single"]), right=True)
    assert study.progress.states() == before


def test_an_unreadable_answer_leaves_no_attempt(study: Study) -> None:
    quiz = quizzing.of_questions(study, ["alpha-q-numeric"])
    with pytest.raises(NotAnAnswer):
        quizzing.answer(study, quiz, Typed("lots"), Confidence.LOW, 1)
    assert list(study.progress.events(EventKind.ATTEMPT)) == []
    quizzing.answer(study, quiz, Typed("8.64B"), Confidence.LOW, 1)
    assert [e.value for e in study.progress.events(EventKind.ATTEMPT)] == [1.0]


def test_an_exam_counts_what_was_left_out_and_another_quiz_does_not(study: Study) -> None:
    exam = quizzing.start(study, QuizMode.EXAM, count=4)
    assert len(quizzing.finish(study, exam).answers) == 4
    mixed = quizzing.start(study, QuizMode.MIXED, count=4)
    quizzing.answer(study, mixed, None, Confidence.LOW, 1)
    assert len(quizzing.finish(study, mixed).answers) == 1
    kept = list(study.progress.events(EventKind.QUIZ))
    assert [event.body["count"] for event in kept] == [4, 1]


def test_mastery_is_the_share_of_all_questions_answered_rightly_last_time(study: Study) -> None:
    answer_all(study, quizzing.of_questions(study, ["alpha-q-single"]), right=True)
    rows = {row.topic.slug: row for row in overview.topic_rows(study)}
    assert rows["alpha"].mastery == pytest.approx(1 / 8)
    assert rows["beta"].mastery == 0.0
