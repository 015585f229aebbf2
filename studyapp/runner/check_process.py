"""Runs a lab's check files, each in a forked process with limits, and says what came of them in lines of JSON.

A program of its own, so that a learner's code never runs inside the app; its arguments are the job, as JSON, and the
descriptor of a pipe for the results.
"""

import ast
import contextlib
import importlib
import importlib.util
import io
import json
import os
import resource
import select
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

from studyapp.runner import check_fixtures
from studyapp.runner.launcher import Launcher
from studyapp.runner.witness import Witness

Job = dict[str, Any]
Said = dict[str, Any]
MOST_FILE_BYTES = 512 * 2**20  # what one file may grow to: a loop that writes does not fill the disk


def main(job_text: str, descriptor: str) -> int:
    """Check every step of the job and write a line for each to the descriptor."""
    job: Job = json.loads(job_text)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # whoever is ended in the midst of a check tidies up too
    for module in job["preload"]:
        with contextlib.suppress(ImportError):  # whoever needs it says so
            importlib.import_module(module)
    for run in job["runs"]:
        os.chdir(run["workspace"])
        broken = _syntax(job)
        for step in run["steps"]:
            with tempfile.TemporaryDirectory(prefix="studyapp-check-", ignore_cleanup_errors=True) as scratch:
                said = broken or _run(step, run["workspace"], job, scratch, int(descriptor))
            os.write(int(descriptor), json.dumps({"step": step, **said}).encode() + b"\n")
    return 0


def _syntax(job: Job) -> Said | None:
    """What is wrong with the text of the learner's files; also forgets what was compiled of them."""
    for name in job["replaces"]:
        if not name.endswith(".py"):
            continue
        Path(importlib.util.cache_from_source(name)).unlink(missing_ok=True)
        try:
            ast.parse(Path(name).read_bytes(), name)
        except SyntaxError as error:
            return {"cause": "syntax", **_said_of_syntax(error, name)}
        except (ValueError, RecursionError, MemoryError) as error:
            return {"cause": "syntax", "message": f"{name} is no Python: {error}"}
    return None


def _said_of_syntax(error: SyntaxError, name: str) -> Said:
    line = (error.text or "").strip()
    return {"message": f"{name} line {error.lineno} is not valid Python: {error.msg}", "got": line[:200]}


def _run(name: str, workspace: str, job: Job, scratch: str, results: int) -> Said:
    """One step in a process of its own, its temporary files in `scratch`; its group is killed when its time is over."""
    step = job["steps"][name]
    read, write = os.pipe()
    begun = time.monotonic()
    pid = os.fork()
    if pid == 0:
        os.close(read)
        os.close(results)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.environ["TMPDIR"] = tempfile.tempdir = scratch
        _check(step, workspace, job, write)
    os.close(write)
    line = _line(read, begun + step["seconds"])
    seconds = time.monotonic() - begun
    for end in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            end(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    os.close(read)
    said = json.loads(line) if line else _ended(os.waitstatus_to_exitcode(status), seconds, step["seconds"])
    return {**said, "seconds": seconds}


def _line(read: int, deadline: float) -> bytes:
    """The line that the process wrote; empty where it ended, or its time did, without one."""
    text = b""
    while not text.endswith(b"\n"):
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([read], [], [], left)[0]:
            return b""
        part = os.read(read, 65536)
        if not part:
            return b""
        text += part
    return text


def _ended(status: int, seconds: float, limit: float) -> Said:
    """What to say of a check that ended without a word."""
    if seconds >= limit or status == -signal.SIGXCPU:
        why = "is there a loop that never ends, or a lock that waits for itself?"
        return {"cause": "time", "message": f"it did not end within {limit:g} s: {why}"}
    if status < 0:
        return {"cause": "crash", "message": f"the process died of {signal.Signals(-status).name}"}
    return {"cause": "crash", "message": f"the process ended with status {status}; does the code call exit?"}


def _check(step: Said, workspace: str, job: Job, write: int) -> None:
    """In the forked process: run the checks, write the line, and end without any clean-up of the code's own."""
    os.setsid()
    sys.path.insert(0, workspace)
    _limit(job["megabytes"], step["seconds"])
    witness, launcher = Witness(workspace), Launcher(Path(workspace), job["seed"], job["trains"])
    checks = job["checks"]
    where = ["-c", os.devnull, "--rootdir", checks, "--confcutdir", checks, f"{checks}/{step['checks']}"]
    complaint = io.StringIO()
    with contextlib.redirect_stderr(complaint), contextlib.redirect_stdout(io.StringIO()):
        status = pytest.main(
            ["-x", "--tb=no", "-p", "no:cacheprovider", *where], plugins=[check_fixtures, witness, launcher]
        )
    os.write(write, json.dumps(witness.said(int(status), complaint.getvalue())).encode() + b"\n")
    os._exit(0)


def _limit(megabytes: int, seconds: float) -> None:
    """Limits that the system keeps, where it has them (macOS refuses the one on memory)."""
    processor_seconds = int(seconds * (os.cpu_count() or 1)) + 1
    for limit, most in (
        (resource.RLIMIT_AS, megabytes * 2**20),
        (resource.RLIMIT_CPU, processor_seconds),
        (resource.RLIMIT_FSIZE, MOST_FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(limit, (most, resource.getrlimit(limit)[1]))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
