"""Export and import: two machines come together in either order with the same result."""

import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyapp.domain.events import EventKind
from studyapp.store import transfer
from studyapp.store.progress import Progress
from tests.store.test_log import START, STEPS, act, memory_progress

histories = st.tuples(STEPS, STEPS, STEPS)


def exported(progress: Progress) -> list[str]:
    return list(transfer.lines(progress))


def state_of(progress: Progress) -> tuple[list[str], object]:
    return exported(progress), progress.states()


@given(histories)
def test_merging_is_commutative_and_idempotent(given_histories: tuple[list, list, list]) -> None:  # type: ignore[type-arg]
    shared, left_steps, right_steps = given_histories
    left, right = memory_progress(1), memory_progress(2)
    act(left, shared)
    transfer.merge(right, exported(left))
    act(left, left_steps)
    act(right, right_steps)
    from_left, from_right = exported(left), exported(right)
    transfer.merge(left, from_right)
    transfer.merge(right, from_left)
    assert state_of(left) == state_of(right)
    assert transfer.merge(left, from_right).added == 0
    third = memory_progress(3)
    transfer.merge(third, from_right)
    transfer.merge(third, from_left)
    assert state_of(third) == state_of(left)
    for progress in (left, right, third):
        progress.close()


def test_an_undo_may_come_before_what_it_takes_back() -> None:
    source = memory_progress(1)
    review = source.record(EventKind.REVIEW, "a", START, 3.0)
    source.undo(review.id, START + 1)
    header, first, second = exported(source)
    target = memory_progress(2)
    transfer.merge(target, [header, second])
    transfer.merge(target, [header, first])
    assert target.state("a").new


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("not json", "line 3"),
        ('{"id": "x"}', "line 3.*at"),
        ('{"id":"x","at":-1,"device":"d","kind":"review","subject":"a"}', "line 3"),
        ('{"id":"x","at":1,"device":"d","kind":"dance","subject":"a"}', "line 3.*dance"),
        ('{"id":"x","at":1,"device":"d","kind":"review","subject":"a","value":7}', "line 3.*grade"),
        ('{"id":"x","at":1,"device":"d","kind":"review","subject":"a","value":3,"body":{"retention":2}}', "retention"),
        ('{"id":"x","at":1,"device":"d","kind":"review","subject":"a","extra":1}', "line 3.*extra"),
        ("x" * 1_100_000, "line 3.*longer"),
    ],
)
def test_a_bad_line_is_named_and_nothing_comes_in(line: str, said: str) -> None:
    source, target = memory_progress(1), memory_progress(2)
    source.record(EventKind.REVIEW, "a", START, 3.0)
    with pytest.raises(transfer.TransferError, match=said):
        transfer.merge(target, [*exported(source), line])
    assert target.states() == {}


@pytest.mark.parametrize(
    "first", ["", "hello", '{"format":"other","version":1}', '{"format":"studyapp-progress","version":99}']
)
def test_what_is_no_export_is_refused(first: str) -> None:
    with pytest.raises(transfer.TransferError, match="line 1"):
        transfer.merge(memory_progress(), [first] if first else [])


def test_the_same_id_with_another_content_is_refused() -> None:
    source, target = memory_progress(1), memory_progress(2)
    source.record(EventKind.REVIEW, "a", START, 3.0)
    header, line = exported(source)
    transfer.merge(target, [header, line])
    forged = json.dumps({**json.loads(line), "value": 1.0})
    with pytest.raises(transfer.TransferError, match="differs"):
        transfer.merge(target, [header, forged])
    assert exported(target) == [header, line]


def test_a_file_holds_everything(tmp_path: Path) -> None:
    source = Progress.open(tmp_path / "a.db", source_model := memory_progress().model, random.Random(1))
    source.record(EventKind.ATTEMPT, "q", START, 0.5, 1200, quiz="z", response={"typed": "é\n"}, confidence=2)
    source.record(EventKind.TICK, "check", START, 1.0)
    target = Progress.open(tmp_path / "b.db", source_model, random.Random(2))
    assert transfer.merge(target, exported(source)) == transfer.Merged(2, 2)
    assert list(target.events(EventKind.ATTEMPT)) == list(source.events(EventKind.ATTEMPT))
    source.close()
    target.close()
