"""The log is the truth: replaying it gives the live state, whatever happened; nothing in it is ever changed."""

import random
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyapp.domain.events import EventKind
from studyapp.domain.review import PromptState
from studyapp.domain.schedule import DAY_MS, MemoryModel
from studyapp.store.progress import Progress

START = 1_790_000_000_000
PROMPTS = st.sampled_from(["a", "b", "c#c1"])
ACTIONS = st.one_of(
    st.tuples(st.just(EventKind.REVIEW), PROMPTS, st.integers(1, 4)),
    st.tuples(st.just(EventKind.SUSPEND), PROMPTS, st.integers(0, 1)),
    st.tuples(st.just(EventKind.BURY), PROMPTS, st.integers(700_000, 800_000)),
    st.tuples(st.just(EventKind.FLAG), PROMPTS, st.integers(0, 1)),
    st.tuples(st.just(EventKind.FORWARD), PROMPTS, st.just(0)),
    st.tuples(st.just(EventKind.UNDO), st.just(""), st.integers(0, 30)),
)
STEPS = st.lists(st.tuples(ACTIONS, st.floats(-2.0, 40.0)), max_size=25)


def memory_progress(seed: int = 1) -> Progress:
    """Progress in a database of its own, in memory: as real as a file, and quicker."""
    return Progress.open(Path(":memory:"), MemoryModel(), random.Random(seed))


def act(progress: Progress, steps: list[tuple[tuple[EventKind, str, int], float]]) -> None:
    """Carry out steps, each so many days after the one before (or before it: clocks are set back)."""
    at = START
    done: list[str] = []
    for (kind, subject, value), days in steps:
        at += round(days * DAY_MS)
        if kind is EventKind.UNDO:
            if done:
                progress.undo(done[value % len(done)], at)
            continue
        body = {"retention": 0.9} if kind is EventKind.REVIEW else {}
        done.append(progress.record(kind, subject, at, float(value), 1000, **body).id)


def rebuilt(progress: Progress) -> dict[str, PromptState]:
    """Every state worked out anew from the log."""
    progress.connection.execute("DELETE FROM prompt_states")
    from studyapp.store import states

    subjects = [row[0] for row in progress.connection.execute("SELECT DISTINCT subject FROM events")]
    states.rebuild_all(progress.connection, subjects, progress.models)
    return progress.states()


@given(STEPS)
def test_replaying_the_log_gives_the_live_state(steps: list[tuple[tuple[EventKind, str, int], float]]) -> None:
    progress = memory_progress()
    act(progress, steps)
    live = progress.states()
    assert rebuilt(progress) == live
    progress.close()


def test_undo_takes_back_what_was_done_and_the_log_keeps_both() -> None:
    progress = memory_progress()
    first = progress.record(EventKind.REVIEW, "a", START, 3.0, retention=0.9)
    before = progress.state("a")
    second = progress.record(EventKind.REVIEW, "a", START + DAY_MS, 1.0, retention=0.9)
    assert progress.state("a") != before
    assert progress.undo(second.id, START + DAY_MS + 1) == second
    assert progress.state("a") == before
    progress.undo(first.id, START + DAY_MS + 2)
    assert progress.state("a") == PromptState()
    assert progress.undo("no such event", START) is None
    assert progress.connection.execute("SELECT COUNT(*) FROM events").fetchone()[0] == 4


@pytest.mark.parametrize("statement", ["DELETE FROM events", "UPDATE events SET value = 4"])
def test_the_database_itself_refuses_to_change_the_log(statement: str) -> None:
    progress = memory_progress()
    progress.record(EventKind.REVIEW, "a", START, 3.0)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        progress.connection.execute(statement)


def test_a_prompt_forgotten_eight_times_is_a_leech_and_is_put_away() -> None:
    progress = memory_progress()
    at = START
    for _ in range(40):
        grade = 1.0 if progress.state("a").memory.phase == 2 else 3.0
        at += 10 * DAY_MS
        progress.record(EventKind.REVIEW, "a", at, grade)
        if progress.state("a").leech:
            break
    assert progress.state("a").memory.lapses == 8
    assert progress.state("a").suspended
    progress.record(EventKind.SUSPEND, "a", at + 1, 0.0)
    assert not progress.state("a").suspended
    assert not progress.state("a").leech


def test_bringing_forward_makes_due_now_and_keeps_the_memory() -> None:
    progress = memory_progress()
    progress.record(EventKind.REVIEW, "a", START, 4.0)
    before = progress.state("a").memory
    progress.record(EventKind.FORWARD, "a", START + 1000)
    after = progress.state("a").memory
    assert (after.due, after.stability, after.last_review) == (START + 1000, before.stability, before.last_review)
    progress.record(EventKind.FORWARD, "new", START)
    assert progress.state("new").new


def test_ids_of_one_moment_ascend() -> None:
    progress = memory_progress()
    ids = [progress.record(EventKind.FLAG, "a", START, value % 2).id for value in range(50)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 50


def test_settings_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "p.db"
    progress = Progress.open(path, MemoryModel(), random.Random(1))
    device = progress.device
    progress.set("theme", "nord")
    progress.close()
    again = Progress.open(path, MemoryModel(), random.Random(2))
    assert (again.setting("theme"), again.setting("other"), again.device) == ("nord", "", device)
    again.close()
