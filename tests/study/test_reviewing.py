"""A review session: order, grading, undo, setting aside, practice, the end of a day."""

from studyapp.domain.events import EventKind
from studyapp.domain.schedule import DAY_MS, Grade
from studyapp.study import settings
from studyapp.study.reviewing import ReviewSession, day_done, next_due, todays_queue
from studyapp.study.study import Study
from tests.conftest import Home


def grade_all(study: Study, grade: Grade = Grade.EASY) -> list[str]:
    session = ReviewSession.start(study)
    while session.current is not None:
        session.grade(grade, 1000)
    return [one.prompt.id for one in session.graded]


def test_a_first_session_asks_one_prompt_of_each_card_with_topics_in_turn(study: Study) -> None:
    asked = grade_all(study)
    assert [id_.split("-")[0] for id_ in asked] == ["alpha", "beta"] * 4
    assert "alpha-cloze#c1" in asked
    assert "alpha-cloze#c2" not in asked
    assert todays_queue(study) == []


def test_siblings_come_the_next_day(home: Home, study: Study) -> None:
    grade_all(study)
    home.hands.forward(days=1)
    assert {"alpha-cloze#c2", "alpha-reversed#backward"} <= set(todays_queue(study))


def test_steps_come_back_within_the_session(home: Home, study: Study) -> None:
    session = ReviewSession.start(study, ["alpha"])
    first = session.current
    session.grade(Grade.AGAIN, 1000)
    assert session.current != first
    home.hands.forward(minutes=2)
    session.grade(Grade.EASY, 1000)
    assert session.current == first


def test_when_nothing_else_is_left_steps_come_a_little_early(study: Study) -> None:
    session = ReviewSession.start(study, ["alpha"])
    session.grade(Grade.GOOD, 1000)
    while session.current is not None and session.current.id != "alpha-basic":
        session.grade(Grade.EASY, 1000)
    assert session.current is not None
    session.grade(Grade.GOOD, 1000)
    assert session.current is None
    assert session.summary().recalled == 1.0


def test_a_session_left_in_the_middle_goes_on_where_it_was(home: Home, study: Study) -> None:
    session = ReviewSession.start(study)
    for _ in range(3):
        session.grade(Grade.EASY, 1000)
    study.close()
    again = home.open(seed=2)
    assert day_done(again).introduced == 3
    assert len(todays_queue(again)) == 5
    again.close()


def test_undo_goes_back_many_steps(study: Study) -> None:
    session = ReviewSession.start(study)
    asked = []
    for grade in (Grade.EASY, Grade.AGAIN, Grade.GOOD):
        assert session.current is not None
        asked.append(session.current.id)
        session.grade(grade, 1000)
    for expected in reversed(asked):
        undone = session.undo()
        assert undone is not None
        assert undone.id == expected == (session.current and session.current.id)
        assert study.progress.state(expected).new
    assert session.undo() is None
    assert session.graded == []
    assert session.left == 8


def test_suspended_buried_and_flagged(home: Home, study: Study) -> None:
    session = ReviewSession.start(study)
    suspended, buried = session.suspend().id, session.bury().id
    assert session.flag()
    flagged = session.current and session.current.id
    assert suspended not in todays_queue(study)
    assert buried not in todays_queue(study)
    home.hands.forward(days=1)
    assert suspended not in todays_queue(study)
    assert buried in todays_queue(study)
    assert study.progress.state(str(flagged)).flagged
    session.undo()
    session.undo()
    assert suspended in todays_queue(study)


def test_practice_moves_nothing(study: Study) -> None:
    grade_all(study)
    before = study.progress.states()
    session = ReviewSession.start(study, ["alpha"], practice=True)
    count = 0
    while session.current is not None:
        session.grade(Grade.AGAIN, 1000)
        count += 1
    assert count == 6
    asked = [one.prompt.card.id for one in session.graded]
    assert len(set(asked[:4])) == 4  # siblings come after every other card
    assert study.progress.states() == before
    assert session.undo() is not None
    assert session.current is not None


def test_the_preview_is_what_a_grade_does(study: Study) -> None:
    session = ReviewSession.start(study)
    preview = session.preview()
    assert session.current is not None
    prompt = session.current.id
    session.grade(Grade.GOOD, 1000)
    assert study.progress.state(prompt).memory.due == study.clock.now() + preview[Grade.GOOD]


def test_limits_hold_over_several_sessions(study: Study) -> None:
    settings.choose(study.progress, "new-a-day", "3")
    assert len(grade_all(study)) == 3
    assert todays_queue(study) == []
    settings.choose(study.progress, "new-a-day", "5")
    assert len(grade_all(study)) == 2


def test_another_instance_that_graded_a_card_takes_it_from_this_queue(home: Home, study: Study) -> None:
    session = ReviewSession.start(study)
    other = home.open(seed=9)
    grade_all(other)
    session.grade(Grade.EASY, 1000)
    assert session.current is None
    other.close()


def test_the_next_due_is_the_earliest(study: Study) -> None:
    assert next_due(study) is None
    grade_all(study)
    due = next_due(study)
    assert due is not None
    assert due == min(state.memory.due for state in study.progress.states().values())


def test_the_log_keeps_what_a_grade_was_made_in(study: Study) -> None:
    grade_all(study)
    event = next(iter(study.progress.events(EventKind.REVIEW)))
    assert event.body["retention"] == 0.9
    assert event.body["before"] == [0, 0.0, 0.0]
    assert event.duration == 1000


def test_a_lapse_and_the_way_back(home: Home, study: Study) -> None:
    grade_all(study)
    home.hands.forward(days=60)
    session = ReviewSession.start(study, ["alpha"])
    assert session.current is not None
    forgotten = session.current.id
    session.grade(Grade.AGAIN, 1000)
    state = study.progress.state(forgotten)
    assert state.memory.lapses == 1
    assert state.memory.due - study.clock.now() == 10 * 60_000
    assert [prompt.id for prompt in session.summary().again] == [forgotten]
    assert state.memory.last_review - DAY_MS * 60 > 0
