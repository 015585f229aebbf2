"""The audit trail: who changed production, when, from what evidence; readable, append-only, and hard to rewrite.

Each line carries the hash of the line before, so that editing, removing or reordering an entry breaks every
line after it. It cannot show that the *end* was cut off: keep the last hash somewhere else (the registry's
event, a chat message) when that matters. Each entry is on disk before the action goes on: a promote that cannot
be recorded does not happen.
"""

import hashlib
import json
import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

GENESIS = "0" * 64


class BrokenTrailError(ValueError):
    """An entry that was changed, removed or moved."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the trail; `details` holds the evidence."""

    at: float
    actor: str
    action: str
    details: Mapping[str, object]
    previous: str

    def to_json(self) -> str:
        """One line of canonical JSON."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        return json.dumps(fields, sort_keys=True, separators=(",", ":"))


class AuditTrail:
    """JSON lines in one file, written by one process; raises OSError when an entry cannot be stored."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock
        self._lock = threading.Lock()
        self._last = self.verify()

    def record(self, actor: str, action: str, **details: object) -> Entry:
        """Append an entry and wait until it is on disk."""
        with self._lock:
            entry = Entry(self._clock(), actor, action, details, self._last)
            line = entry.to_json()
            with self._path.open("a", encoding="utf-8") as file:
                file.write(line + "\n")
                file.flush()
                os.fsync(file.fileno())
            self._last = _hash(line)
        return entry

    def entries(self) -> list[Entry]:
        """All entries, oldest first."""
        return [Entry(**json.loads(line)) for line in self._lines()]

    def verify(self) -> str:
        """The hash of the last entry; raises BrokenTrailError at the first that does not follow."""
        previous = GENESIS
        for number, line in enumerate(self._lines(), start=1):
            try:
                follows = json.loads(line)["previous"] == previous
            except (json.JSONDecodeError, KeyError, TypeError):
                follows = False
            if not follows:
                raise BrokenTrailError(f"{self._path.name}:{number}: this entry, or the one before it, was changed")
            previous = _hash(line)
        return previous

    def _lines(self) -> list[str]:
        return self._path.read_text(encoding="utf-8").splitlines() if self._path.exists() else []


def _hash(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()
