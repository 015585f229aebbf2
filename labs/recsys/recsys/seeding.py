"""Histories from the training file into a store that has not got them: a new one, or one that lost its memory."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from recsys.store import EventStore


class Seeder:
    """Fills the store from one file of events, a tenant at a time."""

    def __init__(self, events: Path, store: EventStore) -> None:
        self._path, self._store = events, store

    def seed(self, tenants: Sequence[str]) -> None:
        """Fill in those tenants whose histories the store does not have. Raises redis.RedisError."""
        if not self._path.exists():
            return
        fingerprint = _fingerprint(self._path)
        absent = [tenant for tenant in tenants if self._store.seeded(tenant) != fingerprint]
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
            self._store.seed(tenant, histories, fingerprint)


def _fingerprint(path: Path) -> str:
    """Cheap enough to ask every second: the file's name, size and time of change."""
    status = path.stat()
    return hashlib.blake2b(f"{path}:{status.st_size}:{status.st_mtime_ns}".encode(), digest_size=8).hexdigest()
