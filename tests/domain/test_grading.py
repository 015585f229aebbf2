"""Marks: right, wrong and in part, for every kind of question, and certainty-based marks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyapp.domain import questions as q
from studyapp.domain.grading import Confidence, Mark, NotAnAnswer, certainty_mark, grade
from studyapp.domain.origin import Authored, Origin
from studyapp.domain.responses import Chosen, Matched, Ordered, Picked, SelfMarked, Typed

ABOUT = Authored("q", "t", Origin("f"))
OPTIONS = (q.Option("a", "", True), q.Option("b", ""), q.Option("c", "", True), q.Option("d", ""))


def multiple() -> q.MultipleChoice:
    return q.MultipleChoice(about=ABOUT, stem="?", options=OPTIONS)


def numeric() -> q.Numeric:
    return q.Numeric(about=ABOUT, stem="?", answer=8.64e9, tolerance=8.64e7, unit="requests")


def ordering(count: int) -> q.Ordering:
    return q.Ordering(about=ABOUT, stem="?", items=tuple(q.Step(str(i), "") for i in range(count)))


def test_single_choice_is_all_or_nothing() -> None:
    single = q.SingleChoice(about=ABOUT, stem="?", options=OPTIONS[:2])
    assert grade(single, Chosen(frozenset({0}))) == Mark(1.0)
    assert grade(single, Chosen(frozenset({1}))) == Mark(0.0)
    assert grade(single, Chosen(frozenset({0, 1}))) == Mark(0.0)


@pytest.mark.parametrize(
    ("chosen", "share"), [({0, 2}, 1.0), ({0}, 0.5), ({0, 1}, 0.0), ({0, 2, 1}, 0.5), ({0, 1, 2, 3}, 0.0), ({1}, 0.0)]
)
def test_multiple_choice_takes_a_wrong_pick_off_a_right_one(chosen: set[int], share: float) -> None:
    assert grade(multiple(), Chosen(frozenset(chosen))).share == share


@given(st.frozensets(st.integers(0, 3)))
def test_only_the_right_picks_earn_everything(chosen: frozenset[int]) -> None:
    mark = grade(multiple(), Chosen(chosen))
    assert 0.0 <= mark.share <= 1.0
    assert mark.right == (chosen == {0, 2})


@pytest.mark.parametrize("typed", ["8.64e9", "8.6B", "8,640,000,000", "8.64 billion requests"])
def test_numbers_within_the_tolerance(typed: str) -> None:
    assert grade(numeric(), Typed(typed)).right


def test_numbers_beyond_it_and_no_numbers_at_all() -> None:
    assert not grade(numeric(), Typed("8.5e9")).right
    with pytest.raises(NotAnAnswer, match="not a number"):
        grade(numeric(), Typed("many"))


@given(st.permutations(range(5)))
def test_orders_earn_kendalls_tau(given_order: list[int]) -> None:
    scipy_stats = pytest.importorskip("scipy.stats")
    tau = scipy_stats.kendalltau(range(5), given_order).statistic
    assert grade(ordering(5), Ordered(tuple(given_order))).share == pytest.approx(max(0.0, tau))


def test_an_order_with_a_part_missing_or_twice_earns_nothing() -> None:
    assert grade(ordering(3), Ordered((0, 1))).share == 0.0
    assert grade(ordering(3), Ordered((0, 1, 1))).share == 0.0


def test_matching_counts_the_pairs() -> None:
    matching = q.Matching(about=ABOUT, stem="?", pairs=(q.Pair("l1", "r1", ""), q.Pair("l2", "r2", "")), extra=("r3",))
    assert grade(matching, Matched(("r1", "r2"))).share == 1.0
    assert grade(matching, Matched(("r1", "r3"))).share == 0.5
    assert grade(matching, Matched(("r1",))).share == 0.5


def test_faulty_lines() -> None:
    fault = q.SpotTheFault(
        about=ABOUT, stem="?", code="a\nb\nc\nd", language="text", faults=(q.Fault((1,), ""), q.Fault((3, 4), ""))
    )
    assert grade(fault, Picked(frozenset({1, 4}))).right
    assert grade(fault, Picked(frozenset({1, 3, 4}))).right
    assert grade(fault, Picked(frozenset({1}))).share == 0.5
    assert grade(fault, Picked(frozenset({1, 2}))).share == 0.0
    assert grade(fault, Picked(frozenset({1, 2, 3, 4}))).share == 0.5


def test_short_and_open_answers() -> None:
    short = q.ShortText(about=ABOUT, stem="?", answer="Monotonic clock", accept=("time.monotonic",))
    assert grade(short, Typed("monotonic  CLOCK")).right
    assert grade(short, Typed("time.monotonic()")).right
    assert not grade(short, Typed("wall clock")).right
    points = (q.RubricPoint("x", 3.0), q.RubricPoint("y", 1.0))
    assert grade(q.Open(about=ABOUT, stem="?", rubric=points), SelfMarked("text", frozenset({0}))).share == 0.75


def test_no_answer_earns_nothing_and_the_wrong_kind_of_answer_is_a_mistake_of_the_program() -> None:
    assert grade(multiple(), None) == Mark(0.0)
    with pytest.raises(TypeError):
        grade(multiple(), Typed("a"))


def test_certainty_based_marks_as_published() -> None:
    table = {level: (certainty_mark(Mark(1.0), level), certainty_mark(Mark(0.0), level)) for level in Confidence}
    assert table == {Confidence.LOW: (1, 0), Confidence.MEDIUM: (2, -2), Confidence.HIGH: (3, -6)}


@given(st.floats(0.0, 1.0))
def test_honest_confidence_pays_best(chance: float) -> None:
    """Low pays best up to two in three, high from four in five (Gardner-Medwin)."""
    expected = {
        level: chance * certainty_mark(Mark(1.0), level) + (1 - chance) * certainty_mark(Mark(0.0), level)
        for level in Confidence
    }
    best = Confidence.LOW if chance < 2 / 3 else Confidence.MEDIUM if chance < 0.8 else Confidence.HIGH
    assert expected[best] == pytest.approx(max(expected.values()))
