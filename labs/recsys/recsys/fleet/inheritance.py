"""What replicas that run no more have acknowledged: their journals are applied to the store in their stead.

A store that loses its memory is filled again from every journal, and a replica looks after its own alone. After a
scale-down, or a start with fewer replicas than the last time, somebody has to look after the others'.
"""

from __future__ import annotations

import threading
from collections.abc import Collection
from pathlib import Path

from recsys.ingest import Ingestion
from recsys.journal import Journal, JournalUnavailableError
from recsys.store import EventStore


class Inheritance:
    """The journals in a directory that no replica of the fleet has open; thread-safe."""

    def __init__(self, journals: Path, store: EventStore) -> None:
        self._journals, self._store = journals, store
        self._held: dict[str, tuple[Journal, Ingestion]] = {}
        self._lock = threading.Lock()

    def take(self, *, without: Collection[str]) -> None:
        """Hold every journal but those of these replicas; one that another process has open is its own affair."""
        with self._lock:
            for name in sorted(path.parent.name for path in self._journals.glob("*/lock")):
                if name not in without and name not in self._held:
                    self._take(name)

    def apply(self) -> None:
        """Bring the store to where the held journals are, if it is not there. Raises redis.RedisError."""
        with self._lock:
            for _, ingestion in self._held.values():
                while ingestion.step():
                    pass

    def give_back(self, *names: str) -> None:
        """Let go of these journals: their replicas are about to start."""
        with self._lock:
            for name in names:
                if held := self._held.pop(name, None):
                    held[0].close()

    def close(self) -> None:
        """Let go of all of them."""
        self.give_back(*list(self._held))

    def _take(self, name: str) -> None:
        try:
            journal = Journal(self._journals / name)
        except JournalUnavailableError:
            return
        self._held[name] = journal, Ingestion(journal, self._store, name)
