"""Model versions put into a service's registry on purpose, and taken back, by the workspace's own code.

What publishes is a child process in the workspace: nothing of the learner's is ever imported into the app.
"""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from studyapp.runner import state
from studyapp.runner.breakage import why
from studyapp.runner.processes import environment_of
from studyapp.runner.scenarios.scene import ScenarioError, Scene
from studyapp.runner.workspace import Workspace

PROGRAM = Path(__file__).with_name("version_process.py")
SECONDS = 60.0


@contextmanager
def published(scene: Scene, tenant: str, kind: str) -> Iterator[dict[str, Any]]:
    """A version of a kind (`slow` or `broken`) is a tenant's champion while the block runs; then the one before is.

    Yields what was published: `version`, and `seconds` for an answer of a slow one. Raises ScenarioError.
    """
    place = scene.service.workspace
    marker(place).write_text(tenant, "utf-8")
    # A version that was refused once is not tried again, so each broken one is another; of a slow one a copy is enough.
    said = _run(place, "publish", tenant, kind, uuid.uuid4().hex if kind == "broken" else "")
    try:
        yield said
    finally:
        restore(place)


def restore(workspace: Workspace) -> None:
    """Take back what a scenario published, also one that was killed in the midst of it. Raises ScenarioError."""
    mark = marker(workspace)
    if mark.exists():
        _run(workspace, "restore", mark.read_text("utf-8"))
        mark.unlink()


def marker(workspace: Workspace) -> Path:
    """Names the tenant whose champion is a scenario's, while it is."""
    return workspace.home / "scenario"


def catalogues(scene: Scene) -> dict[str, list[str]]:
    """The items that each tenant's champion knows. Raises ScenarioError."""
    return dict(_run(scene.service.workspace, "catalogues", *scene.service.keys))


def _run(workspace: Workspace, *asked: str) -> dict[str, Any]:
    place = workspace.path
    env = {**environment_of(os.environ), "PYTHONPATH": str(place), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-P", str(PROGRAM), str(state.folder(workspace) / "models"), *asked]
    try:
        ended = subprocess.run(
            command, cwd=place, env=env, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ScenarioError(f"the registry could not be asked to {asked[0]}: {error}") from None
    if ended.returncode:
        log = ended.stderr.splitlines()
        raise ScenarioError(f"the registry refuses to {asked[0]}: {why(log, place) or '; '.join(log[-2:])}")
    said: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return said
