"""The event log as rows: append and read; nothing is ever changed."""

import json
import sqlite3
from collections.abc import Iterable, Iterator

from studyapp.domain.events import Event, EventKind

PROMPT_KINDS = (EventKind.REVIEW, EventKind.SUSPEND, EventKind.BURY, EventKind.FLAG, EventKind.FORWARD)
_COLUMNS = "id, at, device, kind, subject, value, duration, body"
_UNDONE = "SELECT 1 FROM events AS undo WHERE undo.kind = 'undo' AND undo.subject = events.id"


def append(connection: sqlite3.Connection, event: Event) -> bool:
    """Write one event; False when the log has it already."""
    row = (event.id, event.at, event.device, event.kind, event.subject, event.value, event.duration, _body(event))
    placed = connection.execute(f"INSERT OR IGNORE INTO events ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    return placed.rowcount == 1


def get(connection: sqlite3.Connection, event_id: str) -> Event | None:
    """The event with this id."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM events WHERE id = ?", (event_id,)).fetchone()
    return _event(row) if row else None


def every(connection: sqlite3.Connection) -> Iterator[Event]:
    """The whole log in its order, undone events included."""
    return map(_event, connection.execute(f"SELECT {_COLUMNS} FROM events ORDER BY at, id"))


def of_prompt(connection: sqlite3.Connection, prompt: str) -> list[Event]:
    """The events of one prompt that count, oldest first."""
    marks = ", ".join("?" for _ in PROMPT_KINDS)
    query = (
        f"SELECT {_COLUMNS} FROM events WHERE subject = ? AND kind IN ({marks}) AND NOT EXISTS ({_UNDONE})"
        " ORDER BY at, id"
    )
    return [_event(row) for row in connection.execute(query, (prompt, *PROMPT_KINDS))]


def of_kind(connection: sqlite3.Connection, kind: EventKind, since: int = 0) -> Iterator[Event]:
    """The events of a kind that count, oldest first, from a moment on."""
    query = f"SELECT {_COLUMNS} FROM events WHERE kind = ? AND at >= ? AND NOT EXISTS ({_UNDONE}) ORDER BY at, id"
    return map(_event, connection.execute(query, (kind, since)))


def review_rows(connection: sqlite3.Connection, since: int = 0) -> Iterable[tuple[str, int, int, int]]:
    """(prompt, at, grade, milliseconds spent) of each review that counts; without the bodies 100,000 are quick."""
    query = (
        "SELECT subject, at, CAST(value AS INTEGER), duration FROM events"
        f" WHERE kind = 'review' AND at >= ? AND NOT EXISTS ({_UNDONE}) ORDER BY at, id"
    )
    return map(tuple, connection.execute(query, (since,)))


def reviewed_since(connection: sqlite3.Connection, at: int) -> list[str]:
    """The prompts that were reviewed at a moment or later."""
    query = "SELECT DISTINCT subject FROM events WHERE kind = 'review' AND at >= ?"
    return [row[0] for row in connection.execute(query, (at,))]


def _body(event: Event) -> str:
    return json.dumps(event.body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _event(row: sqlite3.Row) -> Event:
    id_, at, device, kind, subject, value, duration, body = row
    return Event(id_, at, device, EventKind(kind), subject, value, duration, json.loads(body))
