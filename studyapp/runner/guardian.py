"""Runs one command and ends it, with all that it started, once the app lets go of it or is gone.

A program of its own: `python -P guardian.py RECORD LOG GRACE COMMAND...`. Standard input is a pipe whose other end only
the app holds, so its end of file says that the app has stopped the command, or was killed. Standard output says the
command's process id in a line of JSON, or why it could not be started. The exit status is that of the command.
"""

import contextlib
import ctypes
import fcntl
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import psutil

PR_SET_CHILD_SUBREAPER = 36  # prctl(2): orphans below this process become its children
POLL_SECONDS = 0.02


def main(record: str, log: str, grace: str, *command: str) -> int:
    """Run the command to its end, or to the app's."""
    alarm = _watch_signals()
    _adopt_orphans()
    try:
        with open(log, "wb") as output:
            child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True, close_fds=False
            )
    except OSError as error:
        _say(error=f"{error.strerror}: {error.filename}")
        return 127
    status: int | None = None
    try:
        with _recorded(Path(record), child.pid):
            _say(pid=child.pid)
            status = _wait(child.pid, alarm)
            status = _end(child.pid, float(grace), status)
    except OSError as error:
        _say(error=f"{error.strerror}: {error.filename}")
        _end(child.pid, 0, status)
    child.returncode = 0 if status is None else status
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


def _say(**said: object) -> None:
    with contextlib.suppress(BrokenPipeError):  # the app is gone: standard input says so too
        print(json.dumps(said), flush=True)


def _watch_signals() -> int:
    """A descriptor that turns readable when a child ends or the guardian is asked to end."""
    alarm, ring = os.pipe()
    os.set_blocking(ring, False)
    signal.set_wakeup_fd(ring)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    return alarm


def _adopt_orphans() -> None:
    """On Linux even what leaves its process group and its parent stays below the guardian."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


@contextlib.contextmanager
def _recorded(record: Path, child: int) -> Iterator[None]:
    """A record for `sweep`, locked as long as the guardian lives: whoever gets the lock knows that it does not."""
    with record.with_suffix(".part").open("w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        _write(file, child)
        Path(file.name).replace(record)
        try:
            yield
        finally:
            record.unlink(missing_ok=True)


def _write(file: TextIO, child: int) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        json.dump({"child": child, "started": psutil.Process(child).create_time()}, file)
    file.flush()


def _wait(child: int, alarm: int) -> int | None:
    """The command's status, or None where the app let go of it first."""
    while (status := _reap(child)) is None:
        readable, _, _ = select.select([0, alarm], [], [])
        if 0 in readable or (alarm in readable and signal.SIGTERM in os.read(alarm, 64)):
            return _reap(child)
    return status


def _reap(child: int, status: int | None = None) -> int | None:
    """Collect every ended process below; the command's status once it is among them."""
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, raw = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                break
            if pid == child:
                status = os.waitstatus_to_exitcode(raw)
    return status


def _end(child: int, grace: float, status: int | None) -> int | None:
    """TERM, then KILL, until nothing of the command is left."""
    _signal(child, signal.SIGTERM)
    deadline = time.monotonic() + grace
    while _left(child):
        status = _reap(child, status)
        if time.monotonic() > deadline:
            _signal(child, signal.SIGKILL)
        time.sleep(POLL_SECONDS)
    return _reap(child, status)


def _signal(child: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, number)
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)


def _left(child: int) -> bool:
    """Whether anything below the guardian, or in the command's group, is still there."""
    if psutil.Process().children(recursive=True):
        return True
    try:
        os.killpg(child, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
