"""The running service of a workspace, whichever app launched it: found by its record, ended for certain."""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from studyapp.runner import orphans, state
from studyapp.runner.processes import Supervisor
from studyapp.runner.workspace import Workspace

SECONDS = 15.0  # that its guardian has to end it, and all that it started
POLL_SECONDS = 0.05


def stop_launched(workspace: Workspace) -> list[int]:
    """End the service that any app of this data folder has launched from a workspace; the processes that served."""
    supervisor = Supervisor(workspace.data_root)
    supervisor.sweep()
    found = list(serving(supervisor.records, str(state.folder(workspace))))
    for record, process in found:
        _end(record, process)
    return [process.pid for _, process in found]


def serving(records: Path, place: str) -> Iterator[tuple[Path, psutil.Process]]:
    """Records and processes of services that are proven to be ours and to serve from a state directory.

    The record names the process and when it began, the process carries the record's mark, and its command the place.
    """
    for record in sorted(records.glob("recsys-*.json")):
        with contextlib.suppress(OSError, psutil.Error), record.open(encoding="utf-8") as file:
            said = orphans.read(file)
            process = psutil.Process(int(said.get("child", 0)))
            proven = orphans.is_same(process.pid, said.get("started", 0.0)) and process.pid
            if proven and process.environ().get(orphans.MARK) == str(record) and place in process.cmdline():
                yield record, process


def _end(record: Path, process: psutil.Process) -> None:
    """TERM to its group; its guardian ends the rest and takes the record away. What does not end is killed."""
    started = process.create_time()
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGTERM)
    deadline = time.monotonic() + SECONDS
    while record.exists():
        if time.monotonic() > deadline:
            orphans.kill(record, process.pid, started)
            return
        time.sleep(POLL_SECONDS)
