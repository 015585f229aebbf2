"""Structured logs: one JSON object a line, with the request's id, and nothing that says who somebody is.

No user, no item, no key, no body is ever logged: fields are named one by one where they are written. Lines gather in
memory and are written by a thread, so a slow disk slows no request; what a full disk refuses is dropped and counted,
because a service that cannot log must still answer. A file that is full is put aside as `NAME.1`, in place of the one
before, so that logs never fill the disk themselves.
"""

from __future__ import annotations

import logging
import math
import os
import stat
import sys
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import msgspec

FLUSH_EVERY = 0.2
WAITING_LINES = 10_000
LARGEST = 16 * 2**20
"""Bytes from which a file is put aside: some 80,000 lines."""
_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT


class Log:
    """Lines to a file or to standard error."""

    def __init__(self, path: Path | None = None, *, clock: Callable[[], float], largest: int = LARGEST) -> None:
        """Append to `path`, created if need be, of about `largest` bytes; `clock` gives seconds since the epoch.

        Raises OSError.
        """
        self._descriptor = os.open(path, _FLAGS, 0o600) if path else sys.stderr.fileno()
        self._path, self._largest = path, largest
        self._clock = clock
        self._lines: deque[bytes] = deque()
        self._stopping = threading.Event()
        self._writing = threading.Lock()
        self.dropped = 0
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)
        self._thread.start()

    def write(self, event: str, **fields: str | int | float | bool | None) -> None:
        """Add a line; never blocks and never raises."""
        if len(self._lines) >= WAITING_LINES:
            self.dropped += 1
            return
        moment = _iso(self._clock())
        self._lines.append(msgspec.json.encode({"time": moment, "event": event, **fields}) + b"\n")

    def flush(self) -> None:
        """Write what waits; lines that cannot be written are dropped, and counted."""
        with self._writing:
            lines = [self._lines.popleft() for _ in range(len(self._lines))]
            try:
                if lines:
                    _write_all(self._descriptor, b"".join(lines))
            except OSError:
                self.dropped += len(lines)
            if lines and self._path:
                with suppress(OSError):  # no room for a new file: the old one is written on, and this tried again
                    self._renew(self._path)

    def close(self) -> None:
        """Write what waits and close the file."""
        self._stopping.set()
        self._thread.join()
        self.flush()
        if self._path:
            os.close(self._descriptor)

    def _renew(self, path: Path) -> None:
        """Begin a new file where this one is full, or where somebody moved it; a device is never either."""
        mine = os.fstat(self._descriptor)
        if not stat.S_ISREG(mine.st_mode):
            return
        in_place = path.exists() and os.path.samestat(path.stat(), mine)
        if in_place and mine.st_size < self._largest:
            return
        if in_place:
            path.replace(path.with_name(f"{path.name}.1"))
        following = os.open(path, _FLAGS, 0o600)
        os.close(self._descriptor)
        self._descriptor = following

    def _run(self) -> None:
        while not self._stopping.wait(FLUSH_EVERY):
            self.flush()


class LibraryHandler(logging.Handler):
    """Carries what libraries log, warnings and worse, into the same lines."""

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """The message and the exception's type and place: an exception's text may quote what a user sent."""
        place = error = None
        if record.exc_info and record.exc_info[1] is not None:
            error, frame = type(record.exc_info[1]).__name__, record.exc_info[2]
            while frame is not None and frame.tb_next is not None:
                frame = frame.tb_next
            place = f"{Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno}" if frame else None
        message = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
        self._log.write(
            "library", level=record.levelname, logger=record.name, message=message[:200], error=error, place=place
        )


def _iso(seconds: float) -> str | None:
    """The moment in words; None for one outside of all calendars, for a clock may say anything."""
    try:
        whole = math.floor(seconds)
        return f"{_calendar(whole)}.{int((seconds - whole) * 1000):03d}+00:00"
    except (OverflowError, OSError, ValueError):
        return None


@lru_cache(maxsize=4)
def _calendar(seconds: int) -> str:
    """Date and time of a second: the same for every line that is written in it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()[:19]


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
