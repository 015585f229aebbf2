"""The projection of the log: one row a prompt, brought up to date with each event or rebuilt from the log."""

import sqlite3
from collections.abc import Iterable
from typing import Any

from studyapp.domain.events import Event
from studyapp.domain.fitted import Models
from studyapp.domain.review import PromptState, apply, replay
from studyapp.domain.schedule import Memory, Phase
from studyapp.store import log

_COLUMNS = (
    "phase, step, stability, difficulty, due, last_review, reps, lapses,"
    " suspended, leech, flagged, buried_until, introduced"
)
_PUT = f"INSERT OR REPLACE INTO prompt_states (prompt, {_COLUMNS}, last_at, last_id) VALUES ({', '.join('?' * 16)})"


def every(connection: sqlite3.Connection) -> dict[str, PromptState]:
    """The state of each prompt that anything ever happened to."""
    rows = connection.execute(f"SELECT prompt, {_COLUMNS} FROM prompt_states")
    rows.row_factory = None  # plain tuples: ten thousand rows are read before the first screen shows its numbers
    return {row[0]: _state(row[1:]) for row in rows}


def get(connection: sqlite3.Connection, prompt: str) -> PromptState:
    """The state of one prompt."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM prompt_states WHERE prompt = ?", (prompt,)).fetchone()
    return _state(tuple(row)) if row else PromptState()


def advance(connection: sqlite3.Connection, event: Event, models: Models) -> PromptState:
    """The state after an event that was just appended; rebuilt when the event is older than what is in the row."""
    row = connection.execute("SELECT last_at, last_id FROM prompt_states WHERE prompt = ?", (event.subject,)).fetchone()
    if row is not None and (row["last_at"], row["last_id"]) > event.order:
        return rebuild(connection, event.subject, models)
    state = apply(get(connection, event.subject), event, models.at(event.order))
    _put(connection, event.subject, state, event.order)
    return state


def rebuild(connection: sqlite3.Connection, prompt: str, models: Models) -> PromptState:
    """The state of a prompt from its part of the log alone."""
    events = log.of_prompt(connection, prompt)
    if not events:
        connection.execute("DELETE FROM prompt_states WHERE prompt = ?", (prompt,))
        return PromptState()
    state = replay(events, models)
    _put(connection, prompt, state, events[-1].order)
    return state


def rebuild_all(connection: sqlite3.Connection, prompts: Iterable[str], models: Models) -> None:
    """The states of several prompts from the log."""
    for prompt in prompts:
        rebuild(connection, prompt, models)


def _put(connection: sqlite3.Connection, prompt: str, state: PromptState, order: tuple[int, str]) -> None:
    memory = state.memory
    connection.execute(
        _PUT,
        (
            prompt,
            int(memory.phase),
            memory.step,
            memory.stability,
            memory.difficulty,
            memory.due,
            memory.last_review,
            memory.reps,
            memory.lapses,
            state.suspended,
            state.leech,
            state.flagged,
            state.buried_until,
            state.introduced,
            *order,
        ),
    )


def _state(row: tuple[Any, ...]) -> PromptState:
    phase, step, stability, difficulty, due, last_review, reps, lapses, suspended, leech, flagged, buried, since = row
    memory = Memory(Phase(phase), step, stability, difficulty, due, last_review, reps, lapses)
    return PromptState(memory, bool(suspended), bool(leech), bool(flagged), buried, since)
