"""The memory model: agreement with the package it wraps, fuzz of our own, leeches."""

from datetime import timedelta

import pytest
from fsrs import Card, Rating, Scheduler
from hypothesis import given
from hypothesis import strategies as st

from studyapp.domain.schedule import DAY_MS, EPOCH, FUZZ, Grade, Memory, MemoryModel, Phase, is_leech

START = 1_790_000_000_000
grades = st.sampled_from(list(Grade))
histories = st.lists(st.tuples(grades, st.floats(0.0, 200.0)), min_size=1, max_size=12)


def follow(history: list[tuple[Grade, float]], retention: float = 0.9) -> Memory:
    model, memory, at = MemoryModel(), Memory(), START
    for grade, days in history:
        at += round(days * DAY_MS)
        memory = model.review("a", memory, grade, at, retention)
    return memory


@given(histories)
def test_stability_and_difficulty_are_those_of_the_fsrs_package(history: list[tuple[Grade, float]]) -> None:
    scheduler = Scheduler(enable_fuzzing=False)
    card, at = Card(card_id=1), START
    for grade, days in history:
        at += round(days * DAY_MS)
        card, _ = scheduler.review_card(card, Rating(int(grade)), EPOCH + timedelta(milliseconds=at))
    memory = follow(history)
    assert memory.stability == pytest.approx(card.stability)
    assert memory.difficulty == pytest.approx(card.difficulty)
    assert memory.phase == int(card.state)


@given(histories)
def test_the_same_history_gives_the_same_memory(history: list[tuple[Grade, float]]) -> None:
    assert follow(history) == follow(history)


@given(histories)
def test_fuzz_moves_an_interval_no_further_than_its_share(history: list[tuple[Grade, float]]) -> None:
    memory = follow(history)
    if memory.phase is not Phase.REVIEW:
        return
    plain = Scheduler(enable_fuzzing=False)._next_interval(stability=memory.stability)
    spread = 1.0 + sum(share * max(0.0, min(plain, end) - start) for start, end, share in FUZZ)
    assert abs((memory.due - memory.last_review) / DAY_MS - plain) <= spread + 1


def test_cards_learnt_together_part() -> None:
    model = MemoryModel()
    dues = set()
    for number in range(40):
        memory = Memory(Phase.REVIEW, 0, 30.0, 5.0, START, START - 30 * DAY_MS, 3, 0)
        dues.add(model.review(f"card-{number}", memory, Grade.GOOD, START, 0.9).due)
    assert len(dues) > 5


def test_recall_is_nine_tenths_after_as_many_days_as_the_stability() -> None:
    memory = Memory(Phase.REVIEW, 0, 10.0, 5.0, 0, START, 1, 0)
    assert MemoryModel().retrievability(memory, START + 10 * DAY_MS) == pytest.approx(0.9)
    assert MemoryModel().retrievability(Memory(), START) == 0.0


@given(histories, st.floats(0.0, 100.0), st.floats(0.0, 100.0))
def test_recall_falls_with_time(history: list[tuple[Grade, float]], first: float, more: float) -> None:
    model, memory = MemoryModel(), follow(history)
    early = memory.last_review + round(first * DAY_MS)
    assert model.retrievability(memory, early + round(more * DAY_MS)) <= model.retrievability(memory, early) <= 1.0


@given(histories)
def test_the_preview_is_what_happens(history: list[tuple[Grade, float]]) -> None:
    model, memory = MemoryModel(), follow(history)
    at = memory.last_review + DAY_MS
    preview = model.preview("a", memory, at, 0.9)
    for grade in Grade:
        assert model.review("a", memory, grade, at, 0.9).due == at + preview[grade]


def test_a_higher_desired_retention_comes_back_sooner() -> None:
    memory = Memory(Phase.REVIEW, 0, 30.0, 5.0, START, START - 30 * DAY_MS, 3, 0)
    low, high = (MemoryModel().review("a", memory, Grade.GOOD, START, r).due for r in (0.8, 0.95))
    assert high < low


def test_learning_steps_of_one_and_ten_minutes() -> None:
    preview = MemoryModel().preview("a", Memory(), START, 0.9)
    assert preview[Grade.AGAIN] == 60_000
    assert preview[Grade.GOOD] == 600_000
    assert preview[Grade.EASY] >= DAY_MS


def test_a_clock_set_back_does_not_make_time_run_backwards() -> None:
    memory = follow([(Grade.GOOD, 0), (Grade.GOOD, 1)])
    later = MemoryModel().review("a", memory, Grade.GOOD, memory.last_review - 5 * DAY_MS, 0.9)
    assert later.last_review == memory.last_review


def test_a_leech_after_eight_lapses_and_each_four_more() -> None:
    leeches = [lapses for lapses in range(20) if is_leech(Memory(lapses=lapses))]
    assert leeches == [8, 12, 16]


def test_only_forgetting_a_known_card_is_a_lapse() -> None:
    assert follow([(Grade.AGAIN, 0), (Grade.AGAIN, 0.001)]).lapses == 0
    assert follow([(Grade.EASY, 0), (Grade.AGAIN, 9)]).lapses == 1
