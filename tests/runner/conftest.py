"""A tiny lab, its workspace, and a way to wait for what must come."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from studyapp.domain.labs import Lab
from studyapp.runner.workspace import Workspace
from tests.runner.serving import Launched
from tests.runner.tiny_lab import read_lab, write_labs


@pytest.fixture
def labs_root(tmp_path: Path) -> Path:
    return write_labs(tmp_path / "labs")


@pytest.fixture
def lab(labs_root: Path) -> Lab:
    return read_lab(labs_root)


@pytest.fixture
def workspace(lab: Lab, labs_root: Path, tmp_path: Path) -> Workspace:
    return Workspace.create(lab, labs_root, tmp_path / "data")


@pytest.fixture(scope="session")
def launched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launched]:
    """A running service for all tests that leave it as it was."""
    running = Launched(tmp_path_factory.mktemp("launched"))
    yield running
    running.service.stop()
    running.supervisor.stop()


def until(holds: Callable[[], bool], seconds: float = 20.0) -> bool:
    """Whether a condition came true before the deadline."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
