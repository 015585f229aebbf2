"""A durable, append-only log of acknowledged events: what is on disk before the caller is told "accepted".

Many callers share one fsync (group commit): while the disk works on one batch the next gathers. A record is one line,
`crc32 payload`; after a crash a torn last line is cut off, and nobody was told that it had been accepted. A full disk
fails the appends that meet it, leaves nothing half-written, and the journal goes on once there is room.
"""

from __future__ import annotations

import fcntl
import os
import queue
import threading
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import NamedTuple

SEGMENT_BYTES = 64 * 2**20
BATCH_RECORDS = 1024


class Position(NamedTuple):
    """A place in the journal: the segment's number and the bytes before it."""

    segment: int
    offset: int


START = Position(0, 0)


class JournalUnavailableError(OSError):
    """The append is not on disk and must not be acknowledged: the disk is full or broken, or too much is waiting."""


class Journal:
    """One process's journal in one directory; `append` from any thread."""

    def __init__(
        self,
        directory: Path,
        *,
        segment_bytes: int = SEGMENT_BYTES,
        waiting: int = 10_000,
        fsync: Callable[[int], None] = os.fsync,
    ) -> None:
        """Open or create. Raises JournalUnavailableError where another process has it open."""
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self._segment_bytes, self._fsync = segment_bytes, fsync
        self._lock = _locked(directory / "lock")
        self._queue: queue.Queue[tuple[bytes, Future[Position]] | None] = queue.Queue(waiting)
        self._file, self.end = self._open_last()
        self._doubtful = False
        self._thread = threading.Thread(target=self._write_forever, name="journal", daemon=True)
        self._thread.start()

    def append(self, payloads: Sequence[bytes]) -> Future[Position]:
        """A future that is done when all `payloads` (no newlines) are on disk, in one piece; fails if they are not."""
        future: Future[Position] = Future()
        lines = b"".join(b"%08x %b\n" % (zlib.crc32(payload), payload) for payload in payloads)
        try:
            self._queue.put_nowait((lines, future))
        except queue.Full:
            future.set_exception(JournalUnavailableError("too many appends are waiting for the disk"))
        return future

    def read(self, position: Position, limit: int = BATCH_RECORDS) -> tuple[list[bytes], Position]:
        """About `limit` durable payloads from `position`, and where to go on."""
        payloads: list[bytes] = []
        end = self.end
        while position < end and len(payloads) < limit:
            last = position.segment == end.segment
            payloads_here, offset = _read(
                self._path(position.segment), position.offset, limit, end.offset if last else None
            )
            payloads += payloads_here
            position = (
                Position(position.segment, offset) if payloads_here or last else Position(position.segment + 1, 0)
            )
            if last and not payloads_here:
                break
        return payloads, position

    def close(self) -> None:
        """Write what waits, then release the directory."""
        self._queue.put(None)
        self._thread.join()
        self._file.close()
        os.close(self._lock)

    def _write_forever(self) -> None:
        while (first := self._queue.get()) is not None:
            batch = [first]
            with suppress(queue.Empty):
                while len(batch) < BATCH_RECORDS:
                    item = self._queue.get_nowait()
                    if item is None:
                        self._queue.put(None)
                        break
                    batch.append(item)
            self._commit(batch)

    def _commit(self, batch: list[tuple[bytes, Future[Position]]]) -> None:
        """Write and sync a batch, then resolve its futures; on failure leave the file as it was."""
        try:
            if self._doubtful or self.end.offset >= self._segment_bytes:
                self._rotate()
            data = b"".join(lines for lines, _ in batch)
            _write_all(self._file.fileno(), data)
            self._fsync(self._file.fileno())
        except OSError as error:
            self._restore()
            for _, future in batch:
                future.set_exception(JournalUnavailableError(f"the journal cannot be written: {error}"))
            return
        self.end = Position(self.end.segment, self.end.offset + len(data))
        for _, future in batch:
            future.set_result(self.end)

    def _rotate(self) -> None:
        following = FileIO(self._path(self.end.segment + 1), "ab")
        self._file.close()
        self._file, self.end, self._doubtful = following, Position(self.end.segment + 1, 0), False

    def _restore(self) -> None:
        """Cut off what a failed commit wrote: it was not acknowledged, and half a line would spoil the next record.

        After a failed fsync nobody knows what the disk has (Rebello et al., Can Applications Recover from fsync
        Failures?, ATC 2020): the next commit starts a new segment.
        """
        try:
            os.ftruncate(self._file.fileno(), self.end.offset)
            self._fsync(self._file.fileno())
        except OSError:
            self._doubtful = True

    def _open_last(self) -> tuple[FileIO, Position]:
        """The last segment, cut after its last whole record, and the position there."""
        numbers = sorted(int(path.stem) for path in self.directory.glob("*.journal"))
        segment = numbers[-1] if numbers else 1
        path = self._path(segment)
        path.touch()
        whole = max((offset for _, offset in _records(path, 0)), default=0)
        file = FileIO(path, "ab")
        os.ftruncate(file.fileno(), whole)
        return file, Position(segment, whole)

    def _path(self, segment: int) -> Path:
        return self.directory / f"{segment:08d}.journal"


def read_all(directory: Path) -> Iterator[bytes]:
    """Every payload of a journal, whoever writes it at the moment."""
    for path in sorted(directory.glob("*.journal")):
        yield from (payload for payload, _ in _records(path, 0))


def _records(path: Path, offset: int) -> Iterator[tuple[bytes, int]]:
    """Whole records from `offset`, each with the offset after it; torn and damaged ones are passed over."""
    if not path.exists():
        return
    with open(path, "rb") as file:
        file.seek(offset)
        for line in file:
            offset += len(line)
            checksum, _, payload = line[:-1].partition(b" ")
            if line[-1:] == b"\n" and checksum == b"%08x" % zlib.crc32(payload):
                yield payload, offset


def _read(path: Path, offset: int, limit: int, end: int | None) -> tuple[list[bytes], int]:
    """At most `limit` payloads of one segment up to `end`, and the offset after them."""
    payloads: list[bytes] = []
    for payload, after in _records(path, offset):
        if len(payloads) == limit or (end is not None and after > end):
            break
        payloads.append(payload)
        offset = after
    return payloads, offset


def _write_all(descriptor: int, data: bytes) -> None:
    """Write every byte: on an almost full disk a write may take only some of them."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _locked(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise JournalUnavailableError(
            f"{path.parent} belongs to a service that is running; give this one its own with --replica NAME"
        ) from error
    return descriptor
