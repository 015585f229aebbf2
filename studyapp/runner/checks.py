"""A lab's checks, run on a workspace in processes of their own: what passed, and the first thing that did not."""

import importlib.util
import json
import os
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import IO

from studyapp.domain.labs import Cause, Lab, LabStep, StepResult
from studyapp.runner import seed, state
from studyapp.runner.processes import Child, Supervisor
from studyapp.runner.seed import Say
from studyapp.runner.workspace import Workspace, WorkspaceError

PROGRAM = "studyapp.runner.check_process"
IMPORTED_FROM = str(Path(__file__).parents[2])
SECONDS = 20.0  # for one step; a measured one, which starts services, gets six times as long
MEGABYTES = 4096  # of address space, of which numerical libraries reserve much more than they use
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True)
class Run:
    """Steps to be checked in one workspace."""

    workspace: Workspace
    steps: Sequence[LabStep]


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
    supervisor: Supervisor | None = None,
    say: Say = lambda line: None,
) -> Iterator[StepResult]:
    """The same, each result as it comes; leaving early ends the checks, and so does whoever stops the supervisor.

    Measured steps, whose service needs data and models, are run apart: nobody waits for these who fails before. What
    takes long before a result is said.
    """
    watched = supervisor or Supervisor(workspace.data_root)
    for _, steps in groupby([step] if step else lab.steps, lambda each: each.measured):
        run = Run(workspace, list(steps))
        for _, result in stream_runs(
            lab, [run], workspace.data_root, seconds=seconds, megabytes=megabytes, supervisor=watched, say=say
        ):
            yield result
            if result.cause is Cause.STOPPED:
                return


def stream_runs(
    lab: Lab,
    runs: Sequence[Run],
    data_root: Path,
    *,
    seconds: float = SECONDS,
    megabytes: int = MEGABYTES,
    seeds: Path | None = None,
    supervisor: Supervisor | None = None,
    say: Say = lambda line: None,
) -> Iterator[tuple[int, StepResult]]:
    """The results of several workspaces of one lab, with the place of each in `runs`; one program checks them all."""
    for run in runs:
        run.workspace.check()
    if importlib.util.find_spec("pytest") is None:
        raise WorkspaceError("checks are run by pytest, which is not installed: `python -m pip install pytest`")
    asked = [(number, step) for number, run in enumerate(runs) for step in run.steps]
    limits = {step.id: seconds * (6 if step.measured else 1) for step in lab.steps}
    supervisor = supervisor or Supervisor(data_root)
    served = bool(lab.services) and any(step.measured for _, step in asked)
    folder = seeds or state.seeds(data_root)
    given = seed.ensure(runs[0].workspace.labs_root, folder, supervisor, say) if served else None
    job = json.dumps(
        {
            "runs": [
                {"workspace": _text(run.workspace.path), "steps": [step.id for step in run.steps]} for run in runs
            ],
            "steps": {step.id: {"checks": step.checks, "seconds": limits[step.id]} for step in lab.steps},
            "checks": _text(runs[0].workspace.labs_root / lab.slug / "checks"),
            "replaces": lab.replaces,
            "preload": lab.preload,
            "seed": _text(given) if given else "",
            "trains": lab.trains,
            "megabytes": megabytes,
        }
    )
    longest = sum(limits[step.id] for _, step in asked) + 30
    with _started(job, supervisor, runs[0].workspace.path, longest) as (child, lines):
        for number, step in asked:
            yield number, _result(step, lines.readline(), child)


def _text(path: Path) -> str:
    return str(path.resolve())


@contextmanager
def _started(job: str, supervisor: Supervisor, cwd: Path, seconds: float) -> Iterator[tuple[Child, IO[str]]]:
    """The program that checks, and its lines; both are gone afterwards."""
    read, write = os.pipe()
    with os.fdopen(read, encoding="utf-8") as lines:
        try:
            command = [sys.executable, "-P", "-B", "-m", PROGRAM, job, str(write)]
            child = supervisor.start("check", command, cwd, _environment(os.environ), pass_fds=[write])
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
            step, False, f"the checks ended before this step{f': {last}' if last else ''}", cause=Cause.STOPPED
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
