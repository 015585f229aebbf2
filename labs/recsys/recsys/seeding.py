"""Histories from the training file into a store that has not got them: a new one, or one that lost its memory.

Generated events go into a store that has none, and never among what real people did: `REDIS_URL` may be anybody's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from recsys.store import EventStore


class Seeder:
    """Fills the store from one file of events, a tenant at a time."""

    def __init__(self, events: Path, store: EventStore, generated: Path | None = None) -> None:
        """`generated` holds the fingerprint of events that are not real, if there are any."""
        self._path, self._store, self._generated = events, store, generated
        self._stamp: tuple[int, int] | None = None
        self._fingerprint = ""

    def seed(self, tenants: Sequence[str]) -> None:
        """Fill in those tenants whose histories the store does not have. Raises redis.RedisError."""
        if not self._path.exists():
            return
        current = self._current()
        absent = [tenant for tenant in tenants if self._store.seeded(tenant) != current]
        if self._is_generated(current):
            absent = [tenant for tenant in absent if not self._store.knows(tenant)]
        if not absent:
            return
        from recsys.data import read_events  # pyarrow, which serving needs for nothing else

        events = read_events(self._path)
        for tenant in absent:
            own = events.of_tenant(tenant)
            histories: dict[str, list[tuple[str, str, float]]] = {}
            rows = zip(own.user.tolist(), own.item.tolist(), own.event.tolist(), own.timestamp.tolist(), strict=True)
            for user, item, event, timestamp in rows:
                histories.setdefault(user, []).append((item, event, timestamp))
            self._store.seed(tenant, histories, current)

    def _current(self) -> str:
        """The file's fingerprint, read again only when the file has changed: this is asked every second."""
        status = self._path.stat()
        if (stamp := (status.st_mtime_ns, status.st_size)) != self._stamp:
            self._fingerprint, self._stamp = fingerprint(self._path), stamp
        return self._fingerprint

    def _is_generated(self, current: str) -> bool:
        return self._generated is not None and self._generated.exists() and self._generated.read_text() == current


def fingerprint(path: Path) -> str:
    """A digest of the content: a copy elsewhere, or the same file restored from a backup, is the same data."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=8)).hexdigest()
