"""What a person does in a lab is kept, and makes the state that the home screen shows."""

import pytest

from studyapp.domain.events import EventKind
from studyapp.domain.grading import Confidence
from studyapp.domain.labs import Cause, LabState
from studyapp.domain.responses import SelfMarked
from studyapp.runner.workspace import WorkspaceError
from studyapp.study import labs, overview, quizzing, statistics
from studyapp.study.lab_progress import predictions, progress
from studyapp.study.study import Study
from tests.conftest import Home
from tests.runner.tiny_lab import SHELF, STARTER, write_labs


@pytest.fixture
def lab_study(home: Home, study: Study) -> Study:
    """The study of a home that has a lab on alpha."""
    write_labs(home.root / "labs")
    study.load()
    return study


def subjects(study: Study, kind: EventKind) -> list[tuple[str, float]]:
    return [(event.subject, event.value) for event in study.progress.events(kind)]


def test_a_lab_goes_from_new_to_done(lab_study: Study) -> None:
    lab = labs.find(lab_study, "alpha")
    states = [progress(lab_study)["alpha"].state]
    place, _ = labs.start(lab_study, lab)
    labs.start(lab_study, lab)
    states.append(progress(lab_study)["alpha"].state)
    place.written[0].write_text(SHELF, "utf-8")
    assert all(checked.result.passed for checked in labs.check(lab_study, lab))
    states.append(progress(lab_study)["alpha"].state)
    quiz = quizzing.of_questions(lab_study, [lab.explain])
    quizzing.answer(lab_study, quiz, SelfMarked("it breaks", frozenset({0})), Confidence.MEDIUM, 1000)
    states.append(progress(lab_study)["alpha"].state)
    assert states == [LabState.NEW, LabState.STARTED, LabState.PASSED, LabState.DONE]
    assert len(subjects(lab_study, EventKind.LAB_STARTED)) == 1


def test_a_step_is_kept_when_it_passes_first(lab_study: Study) -> None:
    lab = labs.find(lab_study, "alpha")
    place, _ = labs.start(lab_study, lab)
    counted = STARTER.replace("return 0 ", "return self.things.count(thing) ")
    place.written[0].write_text(counted, "utf-8")
    for _ in range(2):
        list(labs.check(lab_study, lab, lab.find("count")))
    assert [subject for subject, _ in subjects(lab_study, EventKind.STEP_PASSED)] == ["alpha/count"]
    state = progress(lab_study)["alpha"]
    assert state.passed == {"count"}
    assert state.next_step == lab.steps[0]
    (row, other) = overview.topic_rows(lab_study)
    assert row.lab_state == state
    assert other.lab_state is None


def test_a_failure_comes_with_the_hint_that_fits(lab_study: Study) -> None:
    lab = labs.find(lab_study, "alpha")
    place, _ = labs.start(lab_study, lab)
    (checked,) = labs.check(lab_study, lab, lab.steps[0])
    assert checked.hint == "think of put"
    levels = [labs.hint(lab_study, lab, lab.steps[0]) for _ in range(4)]
    assert [(hint.level, hint.text) for hint in levels] == [
        (1, "think of put"),
        (2, "go about put"),
        (3, "write put"),
        (3, "write put"),
    ]
    assert subjects(lab_study, EventKind.HINT_SHOWN) == [("alpha/put", 1.0), ("alpha/put", 2.0), ("alpha/put", 3.0)]
    (checked,) = labs.check(lab_study, lab, lab.steps[0])
    assert checked.hint == "write put"
    place.written[0].write_text("def (", "utf-8")
    (checked,) = labs.check(lab_study, lab, lab.steps[0])
    assert (checked.result.cause, checked.hint) == (Cause.SYNTAX, "")


def test_a_solution_shows_after_the_step_or_on_an_explicit_ask_which_is_kept(lab_study: Study) -> None:
    lab = labs.find(lab_study, "alpha")
    step = lab.steps[0]
    with pytest.raises(labs.LabError, match="put has not passed yet"):
        labs.show_solution(lab_study, lab, step)
    assert labs.show_solution(lab_study, lab, step, asked=True)[0].name == "Shelf.put"
    place, _ = labs.start(lab_study, lab)
    place.written[0].write_text(SHELF, "utf-8")
    list(labs.check(lab_study, lab, step))
    assert labs.show_solution(lab_study, lab, step)[0].name == "Shelf.put"
    assert subjects(lab_study, EventKind.SOLUTION_SHOWN) == [("alpha/put", 0.0), ("alpha/put", 1.0)]


def test_a_prediction_is_kept_with_what_came(lab_study: Study) -> None:
    lab = labs.find(lab_study, "alpha")
    prediction = labs.Prediction(40.0, Confidence.HIGH)
    assert labs.keep_prediction(lab_study, lab, lab.experiments[0], prediction, 42.0) == 0.5
    (event,) = lab_study.progress.events(EventKind.PREDICTION)
    assert (event.subject, event.value) == ("alpha/more-room", 0.5)
    assert event.body == {"predicted": 40.0, "came": 42.0, "confidence": 3}
    assert predictions(lab_study, lab) == {"more-room": 0.5}


def test_what_is_not_there_is_told_with_what_is_near(home: Home, lab_study: Study) -> None:
    with pytest.raises(labs.LabError, match=r"there is no lab `alhpa`\. Did you mean `alpha`\? Labs: alpha\."):
        labs.find(lab_study, "alhpa")
    lab = labs.find(lab_study, "alpha")
    with pytest.raises(
        labs.LabError, match=r"alpha has no step `cuont`\. Did you mean `count`\? Steps: 1 put, 2 count"
    ):
        labs.find_step(lab, "cuont")
    with pytest.raises(WorkspaceError, match="is not started"):
        labs.reset(lab_study, lab)
    manifest = home.root / "labs" / "alpha" / "lab.yaml"
    manifest.write_text(manifest.read_text("utf-8").replace("minutes: 5", "minutes: x"), "utf-8")
    assert lab_study.changed()
    lab_study.load()
    with pytest.raises(labs.LabError, match=r"the lab alpha cannot be used: .*alpha/lab\.yaml:4:10: `minutes`"):
        labs.find(lab_study, "alpha")


def test_predictions_feed_the_calibration(lab_study: Study) -> None:
    lab = labs.find(lab_study, "alpha")
    for value, sure in ((41.0, Confidence.HIGH), (90.0, Confidence.HIGH), (41.0, Confidence.LOW)):
        labs.keep_prediction(lab_study, lab, lab.experiments[0], labs.Prediction(value, sure), 41.0)
    found = statistics.gather(lab_study)
    assert [(row.confidence, row.count, row.right) for row in found.calibration] == [
        (Confidence.LOW, 1, 1.0),
        (Confidence.HIGH, 2, 0.5),
    ]
    assert (found.predicted.count, found.predicted.share) == (3, pytest.approx(2 / 3))
