"""Everything a person did, behind one object: each call is one transaction, durable when it returns."""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from studyapp.domain.events import Event, EventKind
from studyapp.domain.fitted import Models
from studyapp.domain.review import PromptState
from studyapp.domain.schedule import MemoryModel
from studyapp.store import log, states
from studyapp.store.database import connect, said

DEVICE = "device"
QUARTER_MS = 15 * 60_000


@dataclass(slots=True)
class Progress:
    """The log and its projections in one database file."""

    path: Path
    connection: sqlite3.Connection
    models: Models
    rng: random.Random
    device: str = ""
    _counter: Iterator[int] = field(default_factory=count)

    @classmethod
    def open(cls, path: Path, model: MemoryModel, rng: random.Random) -> "Progress":
        """The progress in a file, made if there is none; `model` holds until another is adopted.

        Raises StoreError when the file cannot be used.
        """
        progress = cls(path, connect(path), Models(model), rng)
        with progress.transaction():
            progress.device = progress.setting(DEVICE) or progress._name_device()
        return progress

    @property
    def model(self) -> MemoryModel:
        """The memory model in force."""
        return self.models.current

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()

    def record(
        self, kind: EventKind, subject: str, at: int, value: float = 0.0, duration: int = 0, **body: Any
    ) -> Event:
        """Append an event and bring its projection up to date, in one durable transaction."""
        event = Event(self._mint(at), at, self.device, kind, subject, value, duration, body)
        with self.transaction():
            self._append(event)
        return event

    def record_all(self, events: list[tuple[EventKind, str, float]], at: int) -> list[Event]:
        """Append several (kind, subject, value) events at once."""
        made = [Event(self._mint(at), at, self.device, kind, subject, value) for kind, subject, value in events]
        with self.transaction():
            for event in made:
                self._append(event)
        return made

    def undo(self, event_id: str, at: int) -> Event | None:
        """Take an event back by appending its undoing; the event undone, or None when there is none such."""
        with self.transaction():
            undone = log.get(self.connection, event_id)
            if undone is None:
                return None
            log.append(self.connection, Event(self._mint(at), at, self.device, EventKind.UNDO, event_id))
            if undone.kind in log.PROMPT_KINDS:
                states.rebuild(self.connection, undone.subject, self.models)
            elif undone.kind is EventKind.PARAMETERS:
                self.rebuild_since(undone.at)
            return undone

    def state(self, prompt: str) -> PromptState:
        """The state of one prompt."""
        return states.get(self.connection, prompt)

    def states(self) -> dict[str, PromptState]:
        """The state of every prompt that anything happened to."""
        return states.every(self.connection)

    def events(self, kind: EventKind, since: int = 0) -> Iterator[Event]:
        """Events of a kind that count, oldest first."""
        return log.of_kind(self.connection, kind, since)

    def history(self, prompt: str) -> list[Event]:
        """What happened to one prompt."""
        return log.of_prompt(self.connection, prompt)

    def reviews(self, since: int = 0) -> Iterator[tuple[str, int, int, int]]:
        """(prompt, at, grade, milliseconds) of each review that counts, oldest first."""
        return iter(log.review_rows(self.connection, since))

    def active_quarters(self) -> list[int]:
        """The beginnings of the quarter hours in which anything was reviewed or answered, in milliseconds.

        Whole days begin on a quarter hour in every time zone, so this is enough to count them, and quick.
        """
        query = f"SELECT DISTINCT at / {QUARTER_MS} FROM events WHERE kind IN ('review', 'attempt', 'interview')"
        return [row[0] * QUARTER_MS for row in self.connection.execute(query)]

    def setting(self, key: str) -> str:
        """A setting of this machine; empty where it was never set."""
        row = self.connection.execute("SELECT value FROM settings WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else ""

    def set(self, key: str, value: str) -> None:
        """Keep a setting of this machine."""
        with self.transaction():
            self._set(key, value)

    def rebuild_since(self, at: int) -> None:
        """Work out anew what was reviewed from a moment on, after the parameters in force then have changed."""
        with self.transaction():
            self._read_models()
            states.rebuild_all(self.connection, log.reviewed_since(self.connection, at), self.models)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; a transaction within one joins it. Raises StoreError with a way out."""
        if self.connection.in_transaction:
            yield
            return
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            self._read_models()  # another instance may have adopted parameters
            yield
            self.connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._roll_back()
            raise said(error, self.path) from error
        except BaseException:
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")

    def _append(self, event: Event) -> None:
        log.append(self.connection, event)
        if event.kind in log.PROMPT_KINDS:
            states.advance(self.connection, event, self.models)
        elif event.kind is EventKind.PARAMETERS:
            self.rebuild_since(event.at)

    def _read_models(self) -> None:
        self.models = Models.of(self.models.initial, log.of_kind(self.connection, EventKind.PARAMETERS))

    def _set(self, key: str, value: str) -> None:
        self.connection.execute("INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)", (key, value))

    def _name_device(self) -> str:
        name = f"{self.rng.getrandbits(32):08x}"
        self._set(DEVICE, name)
        return name

    def _mint(self, at: int) -> str:
        """An id that is unique everywhere and, within one moment of one instance, ascends."""
        return f"{at:012x}-{next(self._counter) & 0xFFFFFF:06x}-{self.rng.getrandbits(48):012x}"
