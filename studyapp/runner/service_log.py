"""A service's log as it grows, in the words of a person: what happened, not every request."""

import json
from collections.abc import Iterator
from pathlib import Path

MOST_BYTES = 256 * 1024  # of one look; of more than that only the end is read
REQUEST = '"event":"request"'
UNTOLD = ("time", "event", "id")


class ServiceLog:
    """The lines that were added to a log since the last look; what fails again and again is told once."""

    def __init__(self, path: Path) -> None:
        self._path, self._read, self._rest = path, 0, b""
        self._told: set[str] = set()

    def news(self) -> list[str]:
        """What is new since the last look. Never raises: a log that is gone has no news."""
        try:
            return list(self._tell(self._new_lines()))
        except OSError:
            return []

    def _new_lines(self) -> list[str]:
        with self._path.open("rb") as file:
            size = file.seek(0, 2)
            if size < self._read:  # a full log was put aside, and this one begun
                self._read, self._rest = 0, b""
            if size - self._read > MOST_BYTES:
                self._read, self._rest = size - MOST_BYTES, b""
            file.seek(self._read)
            self._read = size
            *whole, self._rest = (self._rest + file.read(MOST_BYTES)).split(b"\n")
            return [line.decode("utf-8", "replace") for line in whole]

    def _tell(self, lines: list[str]) -> Iterator[str]:
        for line in lines:
            said = "" if REQUEST in line else plain(line)
            if said and said not in self._told:
                if said.startswith("your code"):
                    self._told.add(said)
                yield said


def plain(line: str) -> str:
    """A line of the log without its time and its quotes; one that is no JSON as it is."""
    try:
        said = json.loads(line)
    except ValueError:
        return line.strip()
    if not isinstance(said, dict) or "event" not in said:
        return line.strip()
    if said["event"] in ("fault", "background_failed"):
        return f"your code fails: {said.get('error')} at {said.get('place') or said.get('step')}"
    details = " ".join(f"{name}={value}" for name, value in said.items() if name not in UNTOLD)
    return f"{said['event'].replace('_', ' ')}  {details}".rstrip()
