"""Notices that files were saved, by asking again and again: that works on every file system."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

SECONDS = 0.3
Stamp = tuple[int, int] | None  # modification time in ns, size; None where there is no file


class Saves:
    """Tells which files were saved, to whoever asks every fraction of a second."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = paths
        self._known = self._last = stamps(paths)

    def look(self) -> list[Path]:
        """The files that changed since they were told last, once two looks in a row see the same.

        An editor may empty a file before it writes it.
        """
        before, self._last = self._last, stamps(self._paths)
        if self._last == self._known or self._last != before:
            return []
        changed = [path for path in self._paths if self._last[path] != self._known[path]]
        self._known = self._last
        return changed


def saves(paths: Sequence[Path], seconds: float = SECONDS) -> Iterator[list[Path]]:
    """The files that changed since this call, each time any did and writing has come to rest; without an end.

    What changes while the caller works on one answer is in the next one.
    """
    return _saves(Saves(paths), seconds)


def _saves(watched: Saves, seconds: float) -> Iterator[list[Path]]:
    while True:
        time.sleep(seconds)
        if changed := watched.look():
            yield changed


def stamps(paths: Sequence[Path]) -> dict[Path, Stamp]:
    """What tells one version of each file from the next."""
    return {path: _stamp(path) for path in paths}


def _stamp(path: Path) -> Stamp:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
