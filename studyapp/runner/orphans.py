"""Processes that lost their app: found by the mark in their environment, or by the session they are in."""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import psutil

MARK = "STUDYAPP_CHILD"  # in the environment of a child and of all that it starts: the path of its record


def sweep(records: Path) -> list[str]:
    """End what outlived its app and its guardian, both killed; the names of what was swept."""
    swept = []
    for record in sorted(records.glob("*.json")):
        with contextlib.suppress(FileNotFoundError), record.open(encoding="utf-8") as file:
            if _unlocked(file):
                kill(record, **read(file))
                record.unlink(missing_ok=True)
                swept.append(record.stem)
    return swept


def kill(record: Path, child: int = 0, started: float = 0.0) -> None:
    """End every process of a record: what carries its mark, and the session of the child that it names."""
    for number, seconds in (("terminate", 1.0), ("kill", 2.0)):
        found = list(_marked(str(record), child, started))
        for process in found:
            with contextlib.suppress(psutil.NoSuchProcess):
                getattr(process, number)()
        if not psutil.wait_procs(found, timeout=seconds)[1]:
            return


def left_below(data_root: Path) -> list[psutil.Process]:
    """The running processes that children with records below a folder started, whatever their parents are by now."""
    return list(_marked(f"{data_root}{os.sep}", 0, 0.0))


def _marked(mark: str, child: int, started: float) -> Iterator[psutil.Process]:
    session = child if is_same(child, started) else None
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.environ().get(MARK, "").startswith(mark) or os.getsid(process.pid) == session:
                yield process


def is_same(child: int, started: float) -> bool:
    """Whether a process id still stands for the process that was recorded."""
    try:
        return bool(child) and abs(psutil.Process(child).create_time() - started) < 2
    except psutil.Error:
        return False


def _unlocked(file: IO[str]) -> bool:
    """Whether the guardian that locked its record is dead."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def read(file: IO[str]) -> dict[str, Any]:
    """What a record says: `child` and `started`; nothing where it is no record."""
    try:
        return dict(json.load(file))
    except ValueError:
        return {}
