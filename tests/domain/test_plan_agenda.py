"""A day of the plan: pacing, the rule on the way and in the final window, the minutes, and where it leads."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyapp.domain.agenda import Done, Planner, Time
from studyapp.domain.forgetting import Forgetting
from studyapp.domain.pacing import Pace, new_today, window_sessions
from studyapp.domain.projection import gained, mean_recall, project
from studyapp.domain.queue import Limits
from studyapp.domain.schedule import MemoryModel
from studyapp.domain.selection import Standing, gain, lasting
from studyapp.domain.settling import SETTLING_DAYS, settled

FORGETTING = Forgetting(MemoryModel().parameters)
PLANNER = Planner(FORGETTING)
PACE = Pace()


def fresh(count: int, topic: str = "a") -> list[Standing]:
    return [Standing(f"{topic}-{n}", topic, f"{topic}-{n}") for n in range(count)]


def known(id_: str, stability: float, age: float, topic: str = "a") -> Standing:
    return Standing(id_, topic, id_.partition("#")[0], stability, 5.0, age)


def time(sessions: int, minutes: float = 25.0) -> Time:
    return Time(sessions, sessions - 1.0, float(sessions), minutes)


def test_the_final_window_refreshes_everything_once_and_has_a_day_to_spare() -> None:
    assert window_sessions(200, 1200, PACE) == 3
    assert window_sessions(200, 600, PACE) == 5


@given(st.integers(1, 800), st.integers(1, 60), st.integers(1, 60))
def test_keeping_to_the_pace_shows_all_that_the_time_can_hold(unseen: int, sessions: int, minutes: int) -> None:
    seconds, left = minutes * 60.0, unseen
    window = window_sessions(unseen, seconds, PACE)
    for day in range(sessions, 0, -1):
        left -= new_today(left, day, window, seconds, PACE)
    assert left == max(0, unseen - sessions * int(seconds // PACE.new))


def test_introductions_end_before_the_final_window() -> None:
    left, window = 200, window_sessions(200, 1200, PACE)
    for day in range(30, window, -1):
        left -= new_today(left, day, window, 1200, PACE)
    assert left == 0


def test_on_the_way_a_prompt_that_lasts_is_left_alone() -> None:
    lasts, fades, still_fresh = known("lasts", 5, 20), known("fades", 0.5, 8), known("fresh", 0.5, 0.2)
    agenda = PLANNER.agenda([lasts, fades, still_fresh], time(20))
    assert [one.id for one in agenda.reviews] == ["fades"]
    assert not agenda.final


def test_a_long_final_window_asks_for_more_that_lasts() -> None:
    assert lasting(3) == 0.65
    assert lasting(5) == pytest.approx(0.71)
    assert lasting(30) == 0.85


def test_in_the_final_window_the_best_gain_for_its_seconds_comes_first() -> None:
    standings = [known("strong", 400, 5), known("middling", 10, 9), known("weak", 2, 9)]
    agenda = PLANNER.agenda(standings, time(2))
    assert agenda.final
    assert [one.id for one in agenda.reviews] == ["weak", "middling"]  # the strong one gains too little for its seconds
    gains = {one.id: gain(one, 2.0, FORGETTING) for one in standings}
    assert gains["weak"] > gains["middling"] > gains["strong"]


def test_a_topic_that_weighs_more_comes_first() -> None:
    standings = [known("light", 8, 9, "light"), known("heavy", 10, 9, "heavy")]
    weighed = replace(PLANNER, weight=lambda topic: 3.0 if topic == "heavy" else 1.0)
    assert [one.id for one in PLANNER.agenda(standings, time(2)).reviews] == ["light", "heavy"]
    assert [one.id for one in weighed.agenda(standings, time(2)).reviews] == ["heavy", "light"]
    news = weighed.agenda([*fresh(40, "light"), *fresh(40, "heavy")], time(4)).new
    assert sum(one.topic == "heavy" for one in news) == pytest.approx(0.75 * len(news), abs=1)


def test_a_question_that_was_missed_brings_its_prompt_up() -> None:
    strong = known("strong", 400, 3)
    assert PLANNER.agenda([strong], time(20)).reviews == ()
    assert PLANNER.agenda([replace(strong, wanted=True)], time(20)).reviews != ()


def test_one_side_of_a_card_a_day_and_new_cards_before_further_sides() -> None:
    sides = [Standing(f"one#{n}", "a", "one") for n in (1, 2)]
    assert [one.id for one in PLANNER.agenda([*sides, *fresh(1)], time(3)).new] == ["one#1", "a-0"]
    begun = known("one#1", 2, 1)
    assert PLANNER.agenda([begun, sides[1], *fresh(1)], time(3)).new[0].id == "a-0"


@given(st.integers(0, 300), st.integers(0, 300), st.integers(1, 40), st.integers(1, 90))
def test_a_day_never_holds_more_than_its_minutes(unseen: int, seen: int, sessions: int, minutes: int) -> None:
    standings = [*fresh(unseen), *(known(f"k{n}", 1 + n % 9, 5 + n % 11) for n in range(seen))]
    agenda = PLANNER.agenda(standings, time(sessions, minutes))
    assert agenda.minutes <= minutes + PACE.forgotten / 60
    assert agenda.card_seconds <= minutes * 60 * 0.8 + PACE.forgotten


def test_what_is_done_today_is_not_asked_again() -> None:
    standings = [*fresh(50), *(known(f"k{n}", 3, 8) for n in range(20))]
    whole = PLANNER.agenda(standings, time(20))
    done = Done(3, frozenset({"k0", "k1"} | {one.id for one in whole.new[:3]}), card_seconds=120)
    seen = {one.id for one in whole.new[:3]}
    rest = PLANNER.agenda([known(one.id, 3, 0) if one.id in seen else one for one in standings], time(20), done)
    assert len(rest.new) == len(whole.new) - 3
    assert not {one.id for one in rest.reviews} & done.seen


def test_time_that_cards_leave_goes_to_questions_and_then_to_a_lab() -> None:
    agenda = PLANNER.agenda(fresh(10), time(10, 60))
    assert agenda.questions == 10
    assert agenda.lab_minutes > 40
    assert PLANNER.agenda(fresh(10), time(10, 12)).lab_minutes == 0


def test_nothing_is_asked_when_no_study_day_is_left() -> None:
    assert PLANNER.agenda(fresh(5), time(0)).minutes == 0


def test_an_impossible_budget_is_said_with_what_would_do() -> None:
    promise = PLANNER.promise(fresh(1000), time(10, 10))
    assert promise.seen_share == pytest.approx(10 * (480 // 22) / 1000)
    assert not promise.possible
    assert PLANNER.promise(fresh(1000), time(10, promise.minutes_for_all)).possible
    assert not PLANNER.promise(fresh(1000), time(10, promise.minutes_for_all - 1)).possible


def test_a_plan_that_is_kept_leads_where_the_projection_says() -> None:
    course = project(PLANNER, fresh(100), list(range(100, 120)), 100, 20.0, 20)
    assert course.days[-1].unseen == 0
    assert course.idle == 0
    assert 0.93 < course.at_interview < 1
    assert course.at_interview == project(PLANNER, fresh(100), list(range(100, 120)), 100, 20.0, 20).at_interview


def test_missed_days_are_made_up_for() -> None:
    late = project(PLANNER, fresh(100), list(range(110, 120)), 110, 10.0, 20)
    assert late.days[-1].unseen == 0
    assert late.days[0].unseen < 100 - 5  # five a day would have done from the beginning


def test_what_today_gains_is_the_difference_it_makes() -> None:
    standings = [*fresh(3), known("k", 3, 8)]
    agenda = PLANNER.agenda(standings, time(2))
    more = gained(agenda, 3.0, FORGETTING)["a"]
    assert agenda.reviews
    assert more == pytest.approx(3 * FORGETTING.recall_if_begun(3.0) + gain(standings[3], 3.0, FORGETTING))
    assert mean_recall(standings, 3.0, FORGETTING) == pytest.approx(FORGETTING.recall(11, 3) / 4)


def test_after_the_interview_a_wave_of_due_dates_is_flattened() -> None:
    due, days = [100] * 200, []
    for day in range(101, 101 + SETTLING_DAYS):
        limits = settled(Limits(), day, 100, len(due), 0)
        today = min(len(due), limits.reviews)
        del due[:today]
        days.append(today)
    assert due == []
    assert max(days) <= 15
    assert settled(Limits(), 101 + SETTLING_DAYS, 100, 500, 0) == Limits()


def test_an_evening_session_on_the_day_of_a_midday_interview_comes_before_it() -> None:
    barely = [known(str(n), 0.05, 1) for n in range(5)]  # so little known that a moment too early has no recall at all
    course = project(PLANNER, barely, [0, 1, 2, 3], today=0, interview=2.6, minutes=20)
    assert [day.day for day in course.days] == [0, 1, 2, 3]
    assert 0 < course.idle < course.at_interview <= 1
