"""Parameters fitted to a person: judged on reviews that they never saw, adopted where better, taken back exactly."""

import random
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import pairwise

import numpy as np
import pytest
from sklearn.metrics import log_loss as reference_log_loss

from studyapp.domain.events import Event, EventKind
from studyapp.domain.schedule import DAY_MS, Grade, Memory, MemoryModel
from studyapp.extras import MissingExtra
from studyapp.store import transfer
from studyapp.study import fitting
from studyapp.study.study import Study
from tests.store.test_log import START, rebuilt

needs_optimizer = pytest.mark.skipif(
    find_spec("fsrs_rs_python") is None, reason="fsrs-rs-python is not installed (extra `fit`)"
)
MODEL = MemoryModel()
DEFAULT = MODEL.parameters
FORGETFUL = MemoryModel((0.05, 0.2, 0.6, 2.0, *DEFAULT[4:8], 0.9, *DEFAULT[9:]))  # stability grows less


def history(seed: int, learner: MemoryModel = FORGETFUL, prompts: int = 250, each: int = 8) -> Iterator[Event]:
    """Reviews of a learner whose memory is `learner`'s, when the default model asks for them; a new prompt each day."""
    rng = random.Random(seed)
    for number in range(prompts):
        prompt, at = f"p{number}", START + number * DAY_MS
        true, believed = Memory(), Memory()
        for place in range(each):
            recalled = rng.random() < learner.retrievability(true, at) if place else rng.random() < 0.7
            grade = Grade.GOOD if recalled else Grade.AGAIN
            body = {"retention": 0.9}
            yield Event(f"{number}-{place}", at, "d", EventKind.REVIEW, prompt, float(grade), 4000, body)
            true, believed = (
                model.review(prompt, m, grade, at, 0.9) for model, m in ((learner, true), (MODEL, believed))
            )
            at += max(DAY_MS, (believed.due - at) // DAY_MS * DAY_MS)


def reviewed(study: Study, events: Iterator[Event]) -> list[Event]:
    given = list(events)
    transfer.bring_in(study.progress, given)
    return given


@needs_optimizer
def test_a_forgetful_learner_is_foretold_better_by_their_own_parameters(study: Study) -> None:
    reviewed(study, history(1))
    one = fitting.fit(study)
    assert (one.reviews, one.held_out) == (1750, 350)
    assert one.after < one.before - 0.02
    study.clock.now.forward(days=9000)  # type: ignore[attr-defined]
    before = study.progress.states()
    fitting.adopt(study, one)
    assert study.model.parameters == one.parameters
    assert study.progress.states() == before  # what was reviewed so far stays as it is
    assert rebuilt(study.progress) == before


@needs_optimizer
def test_the_held_out_reviews_do_not_touch_the_fit(study: Study, make_home) -> None:  # type: ignore[no-untyped-def]
    events = reviewed(study, history(1))
    late = sorted(event.at for event in events)[-200]
    other = make_home("other").open()
    flipped = (
        Event(e.id, e.at, e.device, e.kind, e.subject, 4.0 if e.at >= late else e.value, 0, e.body) for e in events
    )
    reviewed(other, flipped)
    assert fitting.fit(other).parameters == fitting.fit(study).parameters
    assert fitting.fit(other).after != fitting.fit(study).after
    other.close()


@needs_optimizer
def test_what_is_no_better_is_not_adopted(study: Study) -> None:
    reviewed(study, history(1))
    fitting.adopt(study, fitting.fit(study))
    again = fitting.fit(study)
    assert again.after == again.before
    with pytest.raises(fitting.FittingError, match="no better"):
        fitting.adopt(study, again)


@needs_optimizer
def test_taking_back_leaves_the_log_and_its_replay_whole(study: Study) -> None:
    reviewed(study, history(1))
    assert not fitting.undo(study)
    fitting.adopt(study, fitting.fit(study))
    study.clock.now.forward(days=9000)  # type: ignore[attr-defined]
    study.progress.record(EventKind.REVIEW, "p1", study.clock.now(), 3.0, retention=0.9)
    assert fitting.undo(study)
    assert study.model.parameters == DEFAULT
    assert not fitting.undo(study)
    live = study.progress.states()
    assert rebuilt(study.progress) == live


@needs_optimizer
def test_log_loss_agrees_with_the_optimizers_own(study: Study) -> None:
    import fsrs_rs_python as fsrs

    reviewed(study, history(2, prompts=60))
    histories = fitting._histories(study.progress.reviews())
    items = []
    for one in histories.values():
        gaps = [0, *((later - at) // DAY_MS for (at, _), (later, _) in pairwise(one))]
        seen = [fsrs.FSRSReview(int(grade), gap) for (_, grade), gap in zip(one, gaps, strict=True)]
        items += [fsrs.FSRSItem(seen[:end]) for end in range(2, len(seen) + 1)]
    for parameters in (DEFAULT, FORGETFUL.parameters):
        model = fsrs.FSRS(list(parameters))
        expected = [model.evaluate([item]).log_loss for item in items]  # of many it would weigh the latest more
        assert fitting.log_loss(histories, MemoryModel(parameters), 0) == pytest.approx(np.mean(expected), rel=1e-5)


def test_log_loss_is_that_of_the_forecasts(study: Study) -> None:
    reviewed(study, history(3, prompts=40))
    histories = fitting._histories(study.progress.reviews())
    since = START + 20 * DAY_MS
    recalled, forecast = [], []
    for prompt, one in histories.items():
        memory = Memory()
        for at, grade in one:
            if memory.reps and at >= since:
                recalled.append(grade > 1)
                forecast.append(MODEL.retrievability(memory, at))
            memory = MODEL.review(prompt, memory, grade, at, 0.9)
    assert fitting.log_loss(histories, MODEL, since) == pytest.approx(reference_log_loss(recalled, forecast))


def test_too_few_reviews_are_refused_with_their_number(study: Study) -> None:
    reviewed(study, history(1, prompts=142))
    with pytest.raises(fitting.FittingError, match=r"994 reviews.*1,000"):
        fitting.fit(study)


def test_without_the_extra_it_says_what_to_install(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsrs_rs_python", None)
    reviewed(study, history(1))
    with pytest.raises(MissingExtra, match=r"fsrs-rs-python.*pip install 'studyapp\[fit\]'"):
        fitting.fit(study)
