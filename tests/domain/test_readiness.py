"""Readiness: what it is made of, its uncertainty, and how far confidence is trusted."""

import math

import pytest

from studyapp.domain import readiness
from studyapp.domain.forgetting import Forgetting
from studyapp.domain.grading import MEANS, Confidence
from studyapp.domain.readiness import INTERVIEWS, LABS, QUIZ, RECALL, WEIGHTS
from studyapp.domain.schedule import MemoryModel
from studyapp.domain.selection import Standing

FORGETTING = Forgetting(MemoryModel().parameters)


def test_what_was_never_seen_counts_nothing() -> None:
    part = readiness.recall_part([Standing("a", "t", "a", 10, 5, 4), Standing("b", "t", "b")], 6.0, FORGETTING)
    assert part.value == pytest.approx(0.9 / 2)  # recall is 0.9 after as many days as the stability
    assert (part.known, part.count) == (1, 2)
    assert part.error == pytest.approx(math.sqrt(0.9 * 0.1) / 2)


def test_a_right_guess_counts_less_than_a_right_answer_given_surely() -> None:
    trust = readiness.trusted([])
    last = {"guess": (1.0, Confidence.LOW), "sure": (1.0, Confidence.HIGH), "wrong": (0.0, Confidence.HIGH)}
    values = {id_: readiness.quiz_part([id_], last, trust).value for id_ in (*last, "never")}
    assert values == pytest.approx({"guess": MEANS[Confidence.LOW], "sure": 0.9, "wrong": 0, "never": 0})


def test_confidence_is_trusted_by_the_answers_that_bore_it_out() -> None:
    boastful = readiness.trusted([(Confidence.HIGH, 0.0)] * 30)
    sound = readiness.trusted([(Confidence.HIGH, 1.0)] * 30)
    assert boastful[Confidence.HIGH] == pytest.approx(9 / 40)
    assert sound[Confidence.HIGH] == pytest.approx(39 / 40)


def test_parts_of_which_there_is_nothing_do_not_count() -> None:
    labs = readiness.share_part(LABS, [0.5])
    assert readiness.together([labs, readiness.share_part(INTERVIEWS, [])]).value == 0.5
    assert readiness.together([]).value == 0
    assert sum(WEIGHTS.values()) == pytest.approx(1)
    assert set(WEIGHTS) == {RECALL, QUIZ, LABS, INTERVIEWS}


def test_the_whole_is_the_mean_of_topics_by_weight_and_surer_than_each() -> None:
    one = readiness.together([readiness.share_part(LABS, [1.0, 1.0, None, None])])
    two = readiness.together([readiness.share_part(LABS, [None, 0.5, None, None])])
    whole = readiness.overall({"one": one, "two": two}, {"one": 3.0})
    assert whole.value == pytest.approx((3 * 0.5 + 0.125) / 4)
    even = readiness.overall({"one": two, "two": two}, {})
    assert even.error == pytest.approx(two.error / math.sqrt(2))
    assert 0 <= two.low <= two.value <= two.high <= 1
