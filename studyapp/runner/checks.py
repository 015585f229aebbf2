"""A lab's checks, run on a workspace in processes of their own: what passed, and the first thing that did not."""

import importlib.util
import json
import os
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from studyapp.domain.labs import Cause, Lab, LabStep, StepResult
from studyapp.runner.processes import Child, Supervisor
from studyapp.runner.workspace import Workspace, WorkspaceError

PROGRAM = "studyapp.runner.check_process"
IMPORTED_FROM = str(Path(__file__).parents[2])
SECONDS = 20.0  # for one step; a measured one gets three times as long
MEGABYTES = 4096  # of address space, of which numerical libraries reserve much more than they use
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def run_checks(
    lab: Lab,
    workspace: Workspace,
    step: LabStep | None = None,
    *,
    seconds: float = SECONDS,
    megabytes: int = MEGABYTES,
) -> list[StepResult]:
    """The results of one step, or of all. Raises WorkspaceError or ProcessError when nothing could be run."""
    return list(stream_checks(lab, workspace, step, seconds=seconds, megabytes=megabytes))


def stream_checks(
    lab: Lab,
    workspace: Workspace,
    step: LabStep | None = None,
    *,
    seconds: float = SECONDS,
    megabytes: int = MEGABYTES,
) -> Iterator[StepResult]:
    """The same, each result as it comes; leaving early ends the checks."""
    workspace.check()
    if importlib.util.find_spec("pytest") is None:
        raise WorkspaceError("checks are run by pytest, which is not installed: `python -m pip install pytest`")
    steps = [step] if step else list(lab.steps)
    limits = {each.id: seconds * (3 if each.measured else 1) for each in steps}
    with _started(_job(lab, workspace, steps, limits, megabytes), workspace, sum(limits.values()) + 30) as (
        child,
        lines,
    ):
        for each in steps:
            yield _result(each, lines.readline(), child)


def _job(lab: Lab, workspace: Workspace, steps: list[LabStep], limits: dict[str, float], megabytes: int) -> str:
    return json.dumps(
        {
            "workspace": str(workspace.path.resolve()),
            "checks": str((workspace.labs_root / lab.slug / "checks").resolve()),
            "replaces": lab.replaces,
            "steps": [{"id": each.id, "checks": each.checks, "seconds": limits[each.id]} for each in steps],
            "megabytes": megabytes,
        }
    )


@contextmanager
def _started(job: str, workspace: Workspace, seconds: float) -> Iterator[tuple[Child, IO[str]]]:
    """The program that checks, and its lines; both are gone afterwards."""
    read, write = os.pipe()
    supervisor = Supervisor(workspace.data_root)
    with os.fdopen(read, encoding="utf-8") as lines:
        try:
            command = [sys.executable, "-P", "-B", "-m", PROGRAM, job, str(write)]
            child = supervisor.start("check", command, workspace.path, _environment(os.environ), pass_fds=[write])
        finally:
            os.close(write)
        late = threading.Timer(seconds, child.stop)
        late.start()
        try:
            yield child, lines
        finally:
            late.cancel()
            supervisor.stop()
            child.log.unlink(missing_ok=True)


def _environment(around: Mapping[str, str]) -> dict[str, str]:
    """The environment of a check: nothing that bends Python or pytest, no bytecode that could be stale."""
    kept = {key: value for key, value in around.items() if not key.startswith(("PYTHON", "PYTEST"))}
    plain = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    return {**ONE_THREAD, **kept, **plain, "PYTHONPATH": IMPORTED_FROM}


def _result(step: LabStep, line: str, child: Child) -> StepResult:
    if not line:
        last = "; ".join(child.tail(3))
        return StepResult(
            step, False, f"the checks ended before this step{f': {last}' if last else ''}", cause=Cause.CRASH
        )
    said = json.loads(line)
    return StepResult(
        step=step,
        passed=said.get("passed", False),
        message=said.get("message", ""),
        expected=said.get("expected", ""),
        got=said.get("got", ""),
        output=said.get("output", ""),
        seconds=said.get("seconds", 0.0),
        cause=Cause(said.get("cause", "")),
    )
