"""The plan in use: kept in the log, followed by sessions, moved, missed, cleared, and over."""

from datetime import date

import pytest

from studyapp.domain.events import EventKind
from studyapp.domain.grading import Confidence
from studyapp.domain.plan import Plan, PlanError
from studyapp.domain.quiz import QuizMode
from studyapp.domain.responses import Typed
from studyapp.domain.schedule import DAY_MS, Grade
from studyapp.store import transfer
from studyapp.study import overview, pace, plan_status, planning, quizzing
from studyapp.study.reviewing import ReviewSession, todays_queue
from studyapp.study.study import Study
from tests.conftest import Home


def in_days(study: Study, *days: int) -> tuple[int, ...]:
    return tuple(study.clock.today() + day for day in days)


def study_today(study: Study, grade: Grade = Grade.EASY) -> list[str]:
    session = ReviewSession.start(study)
    while session.current is not None:
        session.grade(grade, 1000)
    return [one.prompt.id for one in session.graded]


def test_without_a_plan_nothing_changes(study: Study) -> None:
    assert planning.active(study) is None
    assert plan_status.status(study) is None
    assert len(todays_queue(study)) == 8
    assert not planning.clear(study)


def test_new_prompts_are_paced_to_the_final_window(home: Home, study: Study) -> None:
    planning.keep(study, Plan(in_days(study, 9), 30, morning=True))  # nine days of study, a window of two
    asked = []
    for _ in range(7):
        asked.append(len(study_today(study)))
        home.hands.forward(days=1)
    assert asked[0] == 2  # 12 prompts over 7 days
    assert all(not state.new for state in study.progress.states().values())
    assert len(study.progress.states()) == len(study.library.prompts)


def test_the_final_window_asks_for_prompts_ahead_of_their_dates(home: Home, study: Study) -> None:
    study_today(study, Grade.GOOD)
    home.hands.forward(days=1)
    due = {id_: state.memory.due for id_, state in study.progress.states().items()}
    planning.keep(study, Plan(in_days(study, 1), 30, morning=True))
    ahead = [id_ for id_ in todays_queue(study) if due.get(id_, 0) >= study.moment().day_end]
    assert ahead
    assert set(ahead) <= set(study_today(study))
    assert not set(ahead) & set(todays_queue(study))


def test_a_prompt_that_will_last_waits_though_it_is_due(home: Home, study: Study) -> None:
    study_today(study, Grade.GOOD)
    home.hands.forward(days=4)
    due = set(todays_queue(study)) & set(study.progress.states())
    assert due
    planning.keep(study, Plan(in_days(study, 10), 30))
    assert not due & set(todays_queue(study))


def test_a_missed_question_brings_its_cards_up_under_a_plan(home: Home, study: Study) -> None:
    study_today(study)
    home.hands.forward(days=1)
    planning.keep(study, Plan(in_days(study, 30), 30))
    assert "alpha-basic" not in todays_queue(study)
    quiz = quizzing.of_questions(study, ["alpha-q-single"])
    quizzing.answer(study, quiz, None, Confidence.LOW, 0)
    assert "alpha-basic" in todays_queue(study)
    study_today(study)
    assert "alpha-basic" not in todays_queue(study)


def test_only_the_topics_of_the_plan_are_studied(study: Study) -> None:
    planning.keep(study, Plan(in_days(study, 3), 30, topics=frozenset({"beta"})))
    assert {id_.partition("-")[0] for id_ in todays_queue(study)} == {"beta"}
    assert todays_queue(study, frozenset({"alpha"})) == []


def test_suspended_and_buried_prompts_stay_away(study: Study) -> None:
    planning.keep(study, Plan(in_days(study, 1), 30))
    first, second, *_ = todays_queue(study)
    study.progress.record(EventKind.SUSPEND, first, study.clock.now(), 1)
    study.progress.record(EventKind.BURY, second, study.clock.now(), study.clock.today() + 1)
    assert not {first, second} & set(todays_queue(study))


def test_a_day_off_holds_nothing_and_the_others_more(study: Study) -> None:
    weekday = (study.clock.today() - 1) % 7
    planning.keep(study, Plan(in_days(study, 5), 30, weekdays_off=frozenset({weekday})))
    assert todays_queue(study) == []
    status = plan_status.status(study)
    assert status is not None
    assert not status.situation.studies_today
    assert status.projection.days[0].day == study.clock.today() + 1


def test_the_latest_plan_holds_and_several_dates_follow_each_other(home: Home, study: Study) -> None:
    planning.keep(study, Plan(in_days(study, 20), 30))
    planning.keep(study, Plan(in_days(study, 3, 12), 30))
    now = planning.situation(study)
    assert now is not None
    assert (now.target, len(now.days)) == (study.clock.today() + 3, 4)
    home.hands.forward(days=5)
    later = planning.situation(study)
    assert later is not None
    assert later.target == study.clock.today() + 7


def test_missed_days_are_counted_and_made_up_for(home: Home, study: Study) -> None:
    planning.keep(study, Plan(in_days(study, 9), 30))
    first = len(todays_queue(study))
    study_today(study)
    home.hands.forward(days=4)
    status = plan_status.status(study)
    assert status is not None
    assert status.missed == 3
    assert len(status.agenda.new) > first


def test_what_cannot_be_followed_is_refused(study: Study) -> None:
    with pytest.raises(PlanError, match="is over"):
        planning.keep(study, Plan(in_days(study, -1), 30))
    with pytest.raises(PlanError, match="no topic `gamma`"):
        planning.keep(study, Plan(in_days(study, 3), 30, topics=frozenset({"gamma"})))
    with pytest.raises(PlanError, match="No day of study"):
        planning.keep(study, Plan(in_days(study, 0), 30, morning=True))
    assert planning.active(study) is None


def test_after_the_date_cards_come_back_without_a_pile_up(home: Home, study: Study) -> None:
    planning.keep(study, Plan(in_days(study, 3), 60))
    for _ in range(4):
        study_today(study, Grade.GOOD)
        home.hands.forward(days=1)
    assert planning.active(study) is None
    home.hands.forward(days=8)
    due = overview.topic_rows(study)
    flattened = [id_ for id_ in todays_queue(study) if not study.progress.state(id_).new]
    assert 0 < len(flattened) < sum(row.due for row in due)
    assert overview.today(study, due).due == len(flattened)
    home.hands.forward(days=30)
    assert len(todays_queue(study)) > len(flattened)


def test_clearing_goes_back_to_ordinary_scheduling(study: Study) -> None:
    planning.keep(study, Plan(in_days(study, 60), 30))
    assert len(todays_queue(study)) < 8
    assert planning.clear(study)
    assert len(todays_queue(study)) == 8


def test_the_home_screen_counts_what_the_plan_asks_for(study: Study) -> None:
    planning.keep(study, Plan(in_days(study, 9), 30))
    today = overview.today(study, overview.topic_rows(study))
    assert today.due + today.new == len(todays_queue(study))


def test_a_plan_comes_over_in_an_export_and_a_broken_one_does_not(home: Home, study: Study) -> None:
    planning.keep(study, Plan(in_days(study, 9), 30, weights={"alpha": 2.0}))
    lines = list(transfer.lines(study.progress))
    other = Home(home.root / "other", home.content, home.hands).open(seed=9)
    transfer.merge(other.progress, lines)
    assert planning.active(other) == planning.active(study)
    with pytest.raises(transfer.TransferError, match=r"line 2.*minutes"):
        transfer.merge(other.progress, [lines[0], lines[1].replace('"minutes":30', '"minutes":0')])
    other.close()


def test_readiness_moves_with_what_is_done(study: Study) -> None:
    planning.keep(study, Plan(in_days(study, 5), 60))
    before = plan_status.status(study)
    assert before is not None
    assert before.ready.overall.value == 0
    assert before.ready.after_today.value > 0
    study_today(study)
    quiz = quizzing.start(study, QuizMode.MIXED, count=3)
    for _ in range(3):
        quizzing.answer(study, quiz, None, Confidence.HIGH, 1000)
    after = plan_status.status(study)
    assert after is not None
    assert after.ready.overall.value == pytest.approx(before.ready.after_today.value, abs=0.1)
    parts = {part.name: part for one in after.ready.topics.values() for part in one.parts if part.known}
    assert parts["quiz"].value == 0
    assert parts["recall"].value > 0


def test_a_right_answer_counts_by_its_confidence(study: Study) -> None:
    planning.keep(study, Plan(in_days(study, 5), 60))
    quiz = quizzing.of_questions(study, ["alpha-q-short", "beta-q-short"])
    quizzing.answer(study, quiz, Typed("linked list"), Confidence.LOW, 1000)
    quizzing.answer(study, quiz, Typed("linked list"), Confidence.HIGH, 1000)
    status = plan_status.status(study)
    assert status is not None
    alpha, beta = status.ready.topics["alpha"].value, status.ready.topics["beta"].value
    assert 0 < alpha < beta


def test_the_pace_is_the_person_s_own_once_it_was_measured(study: Study) -> None:
    assert pace.measured(study, study.progress.states()).new == 22
    at = study.clock.now()
    for number in range(pace.ENOUGH):
        study.progress.record(EventKind.REVIEW, f"p{number}", at + number, 3, 40_000)
    assert pace.measured(study, study.progress.states()).new == 40
    assert pace.measured(study, study.progress.states()).recalled == 10


def test_the_json_says_dates_and_shares(study: Study) -> None:
    planning.keep(study, Plan(in_days(study, 5), 45))
    status = plan_status.status(study)
    assert status is not None
    said = plan_status.as_json(status)
    assert said["next_date"] == date.fromordinal(study.clock.today() + 5).isoformat()
    assert said["seen_by_then"] == 1.0
    forecast = said["forecast"]
    assert isinstance(forecast, list)
    assert forecast[-1]["new_left"] == 0


def test_a_plan_of_a_newer_version_is_passed_over(study: Study) -> None:
    study.progress.record(EventKind.PLAN, "plan", study.clock.now() - DAY_MS, 1.0, shape="unknown")
    assert planning.active(study) is None
    assert len(todays_queue(study)) == 8
