"""From the journal into the store, in the background and for ever: what was acknowledged is applied, whatever fails.

A store that does not answer is tried again; one that came back empty, or older, says so by how far it has been applied,
and is filled from there. Nothing is asked of the request that brought the event.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from recsys.events import Events
from recsys.journal import Journal, read_all
from recsys.store import EventStore, StoredEvent

BATCH = 500
IDLE = 0.05
"""Seconds between looks at a journal that had nothing new."""
RETRY = 0.5
"""Seconds to leave alone a store that did not answer."""

_decode = msgspec.json.Decoder(StoredEvent).decode


class Ingestion:
    """Applies one journal to the store from a thread of its own."""

    def __init__(
        self,
        journal: Journal,
        store: EventStore,
        name: str,
        before: Callable[[list[StoredEvent]], object] = lambda _: None,
    ) -> None:
        """`before` is told of each batch before the store has it, at least once; what it raises delays nothing."""
        self._journal, self._store, self._name = journal, store, name
        self._before = before
        self.failed = 0
        """Batches that `before` could not take."""
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ingestion", daemon=True)
        self.lag = 0
        """Bytes of the current segment that are not applied yet, as of the latest look."""

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the batch at hand; the rest is applied at the next start."""
        self._stopping.set()
        self._thread.join(timeout=5)

    def step(self) -> int:
        """Apply one batch from where the store says it is; how many events. Raises redis.RedisError."""
        position = self._store.applied(self._name)
        payloads, after = self._journal.read(position, BATCH)
        end = self._journal.end
        self.lag = end.offset - (after.offset if after.segment == end.segment else 0)
        if not payloads:
            return 0
        events = list(_decoded(payloads))
        try:
            self._before(events)
        except Exception:  # a derived feature is worth less than the events themselves
            self.failed += 1
        self._store.apply(events, self._name, after)
        return len(events)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                pause = 0.0 if self.step() else IDLE
            except Exception:  # whatever it is, the next turn begins where the store says; the lag tells
                pause = RETRY
            self._stopping.wait(pause)


def encode(event: StoredEvent) -> bytes:
    """An event as the journal keeps it."""
    return msgspec.json.encode(event)


def journalled(journals: Path) -> Events:
    """All events in the journals of all replicas: what a training run adds to its file."""
    rows = [event for journal in sorted(journals.glob("*")) for event in _decoded(read_all(journal))]
    return Events.from_rows(rows)


def _decoded(payloads: Iterable[bytes]) -> Iterable[StoredEvent]:
    """The events; a payload of an unknown shape (a newer version's) is passed over."""
    for payload in payloads:
        try:
            yield _decode(payload)
        except msgspec.MsgspecError:
            continue
