"""Mock interviews: whose turn it is, drafts, what a marked answer leaves behind, and how answers are compared."""

from collections.abc import Callable

import pytest

from studyapp.domain.events import EventKind
from studyapp.domain.mock_interview import Draft
from studyapp.store import transfer
from studyapp.study import interviewing, overview
from studyapp.study.debriefing import sections
from studyapp.study.interviewing import Debrief
from studyapp.study.study import Study
from tests.conftest import Home
from tests.interviews import write_interviews
from tests.study.test_reviewing import grade_all

RELEASE, SIZE = "alpha-i-release", "alpha-i-size"


@pytest.fixture
def home(make_home: Callable[[str], Home]) -> Home:
    made = make_home("home")
    write_interviews(made.content)
    return made


def answer(study: Study, made: set[int], text: str = "A canary.", interview: str = RELEASE) -> Debrief:
    return interviewing.finish(study, study.library.interviews[interview], Draft(text, elapsed=90_000), made)


def drawn(study: Study, topic: str = "") -> str:
    chosen = interviewing.draw(study, topic)
    assert chosen is not None
    return chosen.id


def test_what_was_never_answered_is_drawn_first_then_what_was_answered_longest_ago(home: Home, study: Study) -> None:
    answer(study, {0})
    assert {drawn(study) for _ in range(8)} == {SIZE}
    home.hands.forward(days=1)
    answer(study, {0}, interview=SIZE)
    assert {drawn(study) for _ in range(8)} == {RELEASE}


def test_equal_ones_are_drawn_by_chance_and_a_topic_without_any_draws_none(study: Study) -> None:
    assert {drawn(study, "alpha") for _ in range(40)} == {RELEASE, SIZE}
    assert interviewing.draw(study, "beta") is None
    assert [choice.interview.id for choice in interviewing.choices(study, "alpha")] == [RELEASE, SIZE]


def test_a_draft_is_kept_for_each_question_until_the_answer_is_marked(home: Home, study: Study) -> None:
    kept = Draft("First line\nzweite ☃", spoken=True, elapsed=61_000)
    interviewing.save_draft(study, RELEASE, kept)
    again = home.open(seed=2)
    assert interviewing.draft(again, RELEASE) == kept
    assert interviewing.draft(again, SIZE) == Draft()
    assert [choice.draft.begun for choice in interviewing.choices(again)] == [True, False]
    again.close()
    answer(study, set())
    assert interviewing.draft(study, RELEASE) == Draft()


def test_a_draft_that_cannot_be_read_is_an_empty_one(study: Study) -> None:
    study.progress.set(f"interview-draft:{RELEASE}", '{"text": 3')
    assert interviewing.draft(study, RELEASE) == Draft()


def test_the_score_weighs_the_points(study: Study) -> None:
    assert answer(study, {0}).attempt.share == pytest.approx(2 / 4)
    assert answer(study, {1, 2}).attempt.share == pytest.approx(2 / 4)
    assert answer(study, {0, 1, 2}).attempt.share == 1
    assert answer(study, set()).attempt.share == 0


def test_cards_of_missed_points_come_forward_and_the_others_stay(home: Home, study: Study) -> None:
    grade_all(study)
    home.hands.forward(days=1)
    before = {id_: state.memory.due for id_, state in study.progress.states().items()}
    debrief = answer(study, {0})
    moved = {id_ for id_, state in study.progress.states().items() if state.memory.due != before[id_]}
    assert {id_.partition("#")[0] for id_ in moved} == {"alpha-reversed", "alpha-cloze"}
    assert debrief.forward == len(moved)
    assert all(study.progress.state(id_).memory.due == study.clock.now() for id_ in moved)


def test_answers_are_kept_and_compared(home: Home, study: Study) -> None:
    first = answer(study, {0, 1}, "one")
    assert first.earlier == ()
    home.hands.forward(days=2)
    second = answer(study, {0, 2}, "two")
    assert [one.text for one in interviewing.attempts(study, RELEASE)] == ["one", "two"]
    assert [one.share for one in second.earlier] == [first.attempt.share]
    assert [point.point for point in second.missed] == ["Can go back"]
    said = dict(sections(study, second, lambda moment: f"{moment:%d.%m.}"))
    assert "21.09.  75%" in said["Score"]
    assert "Made for the first time**\n\n- Watches the error rate" in said["Score"]
    assert "missed now**\n\n- Can go back" in said["Score"]
    assert "one" in said["Earlier"]
    last = interviewing.last_debrief(study, second.interview)
    assert last is not None
    assert (last.attempt, last.earlier) == (second.attempt, second.earlier)


def test_a_debrief_holds_what_an_interviewer_would_go_on_with_and_only_that(study: Study) -> None:
    said = dict(sections(study, answer(study, {0}, "*stars* and\n# signs"), str))
    assert [*said] == [
        "Score",
        "Points",
        "Follow-ups",
        "Mistakes",
        "Ask back",
        "Outline",
        "Model answer",
        "Your answer",
    ]
    assert "What if the canary gets no traffic?" in said["Follow-ups"]
    assert said["Points"].index("Can go back") < said["Points"].index("Made")
    assert said["Your answer"] == "\\*stars\\* and  \n\\# signs"
    assert "Spoken" in dict(sections(study, _spoken(study), str))["Your answer"]


def _spoken(study: Study) -> Debrief:
    return interviewing.finish(study, study.library.interviews[RELEASE], Draft(spoken=True), {0})


def test_an_interview_counts_as_a_day_of_study(study: Study) -> None:
    assert study.clock.today() not in overview.study_days(study)
    answer(study, {0})
    assert study.clock.today() in overview.study_days(study)


def test_an_answer_too_long_is_refused_and_stays_a_draft(study: Study) -> None:
    long = "x" * (interviewing.MOST_CHARACTERS + 1)
    interviewing.save_draft(study, RELEASE, Draft(long))
    with pytest.raises(interviewing.AnswerTooLong, match="100,000"):
        answer(study, {0}, long)
    assert interviewing.draft(study, RELEASE).text == long
    assert list(study.progress.events(EventKind.INTERVIEW)) == []


def test_answers_travel_to_another_machine(make_home: Callable[[str], Home], study: Study) -> None:
    answer(study, {0, 2}, "x" * interviewing.MOST_CHARACTERS)
    other = make_home("other").open(seed=3)
    transfer.merge(other.progress, list(transfer.lines(study.progress)))
    assert interviewing.attempts(other, RELEASE) == interviewing.attempts(study, RELEASE)
    other.close()


@pytest.mark.parametrize(
    "fields",
    [
        '"value":1.5',
        '"value":0.5,"body":{"made":"all"}',
        '"value":0.5,"body":{"missed":[3]}',
        '"value":0,"body":{"text":[]}',
    ],
)
def test_an_interview_that_makes_no_sense_is_not_brought_in(study: Study, fields: str) -> None:
    header = next(iter(transfer.lines(study.progress)))
    line = '{"id":"e1","at":1790000000000,"device":"d","kind":"interview","subject":"alpha-i-size",' + fields + "}"
    with pytest.raises(transfer.TransferError, match="line 2: an interview has"):
        transfer.merge(study.progress, [header, line])
    assert list(study.progress.events(EventKind.INTERVIEW)) == []


def test_an_answer_is_marked_as_a_whole_or_not_at_all(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    interviewing.save_draft(study, RELEASE, Draft("kept"))

    def fail(*_: object) -> int:
        raise OSError("the disk is full")

    monkeypatch.setattr(interviewing, "bring_forward", fail)
    with pytest.raises(OSError, match="full"):
        answer(study, {0})
    assert interviewing.draft(study, RELEASE).text == "kept"
    assert interviewing.attempts(study, RELEASE) == []
