"""Fitted parameters in the log: each review keeps the model of its time, live, replayed, undone and merged."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyapp.domain.events import EventKind
from studyapp.domain.schedule import DAY_MS, Grade, Memory, MemoryModel
from studyapp.store import transfer
from studyapp.store.progress import Progress
from tests.conftest import Home
from tests.store.test_log import START, memory_progress, rebuilt

DEFAULT = MemoryModel().parameters
SETS = [(*DEFAULT[:2], first_good, *DEFAULT[3:20], decay) for first_good, decay in ((0.5, 0.3), (9.0, 0.12))]
STEPS = st.lists(
    st.tuples(
        st.one_of(
            st.tuples(st.just(EventKind.REVIEW), st.sampled_from("ab"), st.integers(1, 4)),
            st.tuples(st.just(EventKind.PARAMETERS), st.just("memory"), st.integers(-1, 1)),
            st.tuples(st.just(EventKind.UNDO), st.just(""), st.integers(0, 30)),
        ),
        st.floats(-3.0, 20.0),
    ),
    max_size=20,
)
Steps = list[tuple[tuple[EventKind, str, int], float]]


def act(progress: Progress, steps: Steps) -> None:
    """Carry out steps; a PARAMETERS value of -1 is an undoing, 0 and 1 adopt one of the two sets."""
    at, done = START, []
    for (kind, subject, value), days in steps:
        at += round(days * DAY_MS)
        match kind:
            case EventKind.UNDO:
                if done:
                    progress.undo(done[value % len(done)], at)
                continue
            case EventKind.PARAMETERS if value >= 0:
                event = progress.record(kind, subject, at, 1.0, parameters=list(SETS[value]))
            case EventKind.PARAMETERS:
                event = progress.record(kind, subject, at, 0.0)
            case _:
                event = progress.record(kind, subject, at, float(value), 1000, retention=0.9)
        done.append(event.id)


@given(STEPS)
def test_replay_gives_the_live_state_whenever_parameters_change(steps: Steps) -> None:
    progress = memory_progress()
    act(progress, steps)
    live = progress.states()
    assert rebuilt(progress) == live
    progress.close()


@given(STEPS, STEPS)
def test_two_machines_come_together_with_their_parameters(here: Steps, there: Steps) -> None:
    left, right = memory_progress(1), memory_progress(2)
    act(left, here)
    act(right, there)
    from_left, from_right = list(transfer.lines(left)), list(transfer.lines(right))
    transfer.merge(left, from_right)
    transfer.merge(right, from_left)
    assert left.states() == right.states()
    assert left.model.parameters == right.model.parameters
    assert rebuilt(left) == right.states()
    left.close()
    right.close()


def test_a_review_counts_by_the_parameters_of_its_time() -> None:
    progress = memory_progress()
    progress.record(EventKind.REVIEW, "a", START, 4.0, retention=0.9)
    first = MemoryModel().review("a", Memory(), Grade.EASY, START, 0.9)
    assert progress.state("a").memory == first
    progress.record(EventKind.PARAMETERS, "memory", START + 1, 1.0, parameters=list(SETS[0]))
    assert progress.state("a").memory == first
    progress.record(EventKind.REVIEW, "a", START + DAY_MS, 3.0, retention=0.9)
    second = MemoryModel(SETS[0]).review("a", first, Grade.GOOD, START + DAY_MS, 0.9)
    assert progress.state("a").memory == second
    progress.record(EventKind.PARAMETERS, "memory", START + DAY_MS + 1, 0.0)
    progress.record(EventKind.REVIEW, "a", START + 3 * DAY_MS, 3.0, retention=0.9)
    assert progress.state("a").memory == MemoryModel().review("a", second, Grade.GOOD, START + 3 * DAY_MS, 0.9)


def test_taking_back_goes_to_what_was_there_before() -> None:
    progress = memory_progress()
    for at, one in enumerate(SETS):
        progress.record(EventKind.PARAMETERS, "memory", START + at, 1.0, parameters=list(one))
    assert progress.model.parameters == SETS[1]
    for at, expected in enumerate([SETS[0], DEFAULT, DEFAULT], 2):
        progress.record(EventKind.PARAMETERS, "memory", START + at, 0.0)
        assert progress.model.parameters == expected


def test_parameters_of_a_newer_version_change_nothing() -> None:
    progress = memory_progress()
    progress.record(EventKind.PARAMETERS, "memory", START, 1.0, parameters=list(SETS[0]))
    progress.record(EventKind.PARAMETERS, "memory", START + 1, 1.0, parameters=[1.0] * 40)
    assert progress.model.parameters == SETS[0]


def test_another_instance_and_a_reader_go_by_what_one_adopted(home: Home) -> None:
    one, two = home.open(1), home.open(2)
    one.progress.record(EventKind.PARAMETERS, "memory", START, 1.0, parameters=list(SETS[0]))
    two.progress.record(EventKind.REVIEW, "a", START + 1, 3.0, retention=0.9)
    assert two.progress.state("a").memory.stability == SETS[0][2]
    with one.reader() as reader:
        assert reader.model.parameters == SETS[0]
        reader.progress.record(EventKind.PARAMETERS, "memory", START + 2, 0.0)
        assert reader.model.parameters == DEFAULT
    one.close()
    two.close()


@pytest.mark.parametrize("parameters", [None, "x", [1.0], [*DEFAULT[:20], 7.0], [*DEFAULT[:20], "x"]])
def test_an_import_refuses_parameters_that_are_none(parameters: object, tmp_path: Path) -> None:
    source = memory_progress()
    event = source.record(EventKind.PARAMETERS, "memory", START, 1.0, parameters=list(SETS[0]))
    header, _ = transfer.lines(source)
    line = json.dumps(_fields(replace(event, body={"parameters": parameters})))
    target = memory_progress(2)
    with pytest.raises(transfer.TransferError, match=r"line 2.*parameters"):
        transfer.merge(target, [header, line])
    assert target.model.parameters == DEFAULT


def _fields(event: object) -> dict[str, object]:
    return {name: getattr(event, name) for name in ("id", "at", "device", "kind", "subject", "value", "body")}
