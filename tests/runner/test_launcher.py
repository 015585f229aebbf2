"""A measured step gets the service of its workspace, running; one that cannot start says why, and nothing is left."""

import subprocess
import sys
from pathlib import Path

import pytest

from studyapp.domain.labs import Cause
from studyapp.runner import orphans
from studyapp.runner.checks import Run, stream_runs
from studyapp.runner.files import digest, files
from studyapp.runner.workspace import Workspace
from tests.runner.serving import LABS, MAKE_EVENTS, SHELF, write_labs_of_service
from tests.runner.tiny_lab import read_lab

CHECK = """
def test_it_serves(service):
    answer = service.client.recommend("u1")
    assert answer.status == 200, "the service answers"
    assert service.load(rate=20, seconds=1).answered > 0, "load is answered"
    assert set(service.keys) == {"acme", "globex", "initech"}, "a key for each tenant"


def test_one_that_was_killed_starts_again_on_its_state(launch, service):
    service.kill()
    again = launch("--log-file", "/dev/null", state=service.state)
    assert again.client.recommend("u1").status == 200, "the service answers again"
"""


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    """What a service starts from, with so few events that it trains its models in a moment."""
    state = tmp_path / "seeds" / digest(files(LABS / "recsys"))[:16]
    state.mkdir(parents=True)
    command = [sys.executable, "-c", MAKE_EVENTS, str(state / "events.parquet")]
    subprocess.run(command, cwd=LABS / "recsys", check=True, timeout=60)
    return state.parent


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """The measured step of a lab that is solved."""
    root = write_labs_of_service(tmp_path / "labs")
    manifest = root / "alpha" / "lab.yaml"
    manifest.write_text(
        manifest.read_text("utf-8").replace("services: []", "services: [recsys]\ntrains: true"), "utf-8"
    )
    (root / "alpha/checks/test_06_clear.py").write_text(CHECK, "utf-8")
    workspace = Workspace.create(read_lab(root), root, tmp_path / "data")
    workspace.written[0].write_bytes(SHELF.read_bytes())
    return Run(workspace, workspace.lab.steps[-1:])


def test_the_service_runs_for_the_checks_and_not_longer(run: Run, seeds: Path, tmp_path: Path) -> None:
    [(_, result)] = stream_runs(run.workspace.lab, [run], tmp_path / "data", seeds=seeds)
    assert result.passed, result
    assert orphans.left_below(tmp_path / "data") == []


def test_a_service_that_does_not_start_is_told_with_its_line(run: Run, seeds: Path, tmp_path: Path) -> None:
    server = run.workspace.path / "recsys" / "server.py"
    server.write_text(f"{server.read_text('utf-8')}\n\ndef listen(settings):\n    return 1 / 0\n", "utf-8")
    line = len(server.read_text("utf-8").splitlines())
    [(_, result)] = stream_runs(run.workspace.lab, [run], tmp_path / "data", seeds=seeds)
    assert result.cause is Cause.EXPECTATION
    assert result.message == (
        f"the service does not start on this code: recsys/server.py:{line}: ZeroDivisionError: division by zero"
    )
    assert orphans.left_below(tmp_path / "data") == []
