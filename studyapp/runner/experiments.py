"""A lab's experiments, each run on a launched service in a process of its own with a time limit."""

import json
import os
import subprocess
import sys
from pathlib import Path

from studyapp.domain.labs import Experiment
from studyapp.domain.predictions import Outcome, read_value
from studyapp.runner.breakage import why
from studyapp.runner.checks import IMPORTED_FROM
from studyapp.runner.experiment_process import JOB
from studyapp.runner.processes import Child, Supervisor, environment_of
from studyapp.runner.service import Service

PROGRAM = "studyapp.runner.experiment_process"
SECONDS = 120.0


class ExperimentError(Exception):
    """The experiment came to nothing; the message says why."""


def run_experiment(
    experiment: Experiment, service: Service, supervisor: Supervisor, *, seconds: float = SECONDS
) -> Outcome:
    """What the experiment came to on this service. Raises ExperimentError or ProcessError, leaving nothing running."""
    result = service.workspace.home / "outcome.json"
    result.unlink(missing_ok=True)
    child = _start(experiment, service, supervisor, result)
    try:
        _await(experiment, service, child, seconds)
        return _outcome(experiment, result)
    finally:
        child.stop()
        supervisor.children.remove(child)
        result.unlink(missing_ok=True)


def _start(experiment: Experiment, service: Service, supervisor: Supervisor, result: Path) -> Child:
    place = service.workspace
    job = {
        "workspace": str(place.path.resolve()),
        "file": str((place.labs_root / place.lab.slug / "experiments.py").resolve()),
        "run": experiment.run,
        "port": service.client.port,
        "keys": dict(service.keys),
    }
    env = {**environment_of(os.environ), "PYTHONPATH": IMPORTED_FROM, JOB: json.dumps(job)}
    command = [sys.executable, "-B", "-P", "-m", PROGRAM, str(result.resolve())]
    return supervisor.start("experiment", command, place.path, env)


def _await(experiment: Experiment, service: Service, child: Child, seconds: float) -> None:
    try:
        status = child.wait(seconds)
    except subprocess.TimeoutExpired:
        raise ExperimentError(f"{experiment.id} did not end within {seconds:g} s") from None
    if status:
        log = child.tail(200)
        reason = why(log, service.workspace.path) or "; ".join(log[-2:]) or f"it ended with status {status}"
        raise ExperimentError(f"{experiment.id} failed: {reason}")


def _outcome(experiment: Experiment, result: Path) -> Outcome:
    try:
        said = json.loads(result.read_bytes())
        return Outcome(read_value(experiment, said["value"]), said["series"], said["unit"] or experiment.unit)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ExperimentError(f"{experiment.id} did not come to what it is to: {error}") from None
