"""Notices that files were saved, by asking again and again: that works on every file system."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

SECONDS = 0.3
Stamp = tuple[int, int] | None  # modification time in ns, size; None where there is no file


def saves(paths: Sequence[Path], seconds: float = SECONDS) -> Iterator[list[Path]]:
    """The files that changed since this call, each time any did and writing has come to rest; without an end.

    What changes while the caller works on one answer is in the next one.
    """
    return _saves(paths, stamps(paths), seconds)


def _saves(paths: Sequence[Path], known: dict[Path, Stamp], seconds: float) -> Iterator[list[Path]]:
    while True:
        time.sleep(seconds)
        now = stamps(paths)
        if now == known or now != _settled(paths, seconds / 3):
            continue
        changed = [path for path in paths if now[path] != known[path]]
        known = now
        yield changed


def stamps(paths: Sequence[Path]) -> dict[Path, Stamp]:
    """What tells one version of each file from the next."""
    return {path: _stamp(path) for path in paths}


def _settled(paths: Sequence[Path], seconds: float) -> dict[Path, Stamp]:
    """The stamps a moment later: an editor may empty a file before it writes it."""
    time.sleep(seconds)
    return stamps(paths)


def _stamp(path: Path) -> Stamp:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
