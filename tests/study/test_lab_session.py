"""The one object that owns a lab's running service: launched, read, loaded, broken, stopped at any moment."""

import random
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from studyapp.runner import orphans
from studyapp.runner.scenarios import SCENARIOS, Interrupted
from studyapp.runner.scenarios.versions import marker
from studyapp.runner.service import ServiceError
from studyapp.runner.workspace import Workspace
from studyapp.study.lab_session import RATES, LabSession, Phase
from tests.runner.conftest import until
from tests.runner.serving import SHELF, write_events, write_labs_of_service
from tests.runner.tiny_lab import read_lab

pytestmark = pytest.mark.xdist_group("service")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A solved lab on the real service, with a few events."""
    root = tmp_path_factory.mktemp("session")
    labs_root = write_labs_of_service(root / "labs")
    place = Workspace.create(read_lab(labs_root), labs_root, root / "data")
    (place.path / "recsys" / "shelf.py").write_bytes(SHELF.read_bytes())
    write_events(place)
    return place


@pytest.fixture
def session(workspace: Workspace) -> Iterator[LabSession]:
    opened = LabSession(workspace, random.Random(1))
    yield opened
    opened.close()
    assert orphans.left_below(workspace.data_root) == []


def test_it_is_launched_read_loaded_and_stopped(session: LabSession) -> None:
    said: list[str] = []
    session.launch(said.append)
    assert session.running
    assert any(line.startswith("store: ") for line in said)
    session.look()
    assert session.turn(1) == RATES[1]
    assert session.turn(4) == 20.0
    assert until(lambda: session.look().sent.answered > 5)
    figures = session.readings[-1].figures
    assert figures is not None
    assert figures.requests_per_second > 0
    assert session.turn(-9) == 0.0
    with pytest.raises(ServiceError, match="running already, in another studyapp"):
        LabSession(session.workspace, random.Random(1)).launch(said.append)
    session.close()
    session.close()
    assert session.phase is Phase.STOPPED
    with pytest.raises(Interrupted):
        session.look()
    with pytest.raises(ServiceError, match="launch it first"):
        session.play(SCENARIOS[0], said.append)


def test_a_service_that_dies_is_told_and_everything_stopped(session: LabSession) -> None:
    session.launch(lambda line: None)
    session.turn(3)
    assert session._service is not None
    orphans.kill(session._service.child.record)
    with pytest.raises(ServiceError, match="ended with status"):
        until(lambda: session.look() is None)
    assert session.phase is Phase.STOPPED


@pytest.mark.parametrize("line", ["", "store: "])
def test_it_can_be_left_at_any_moment_of_its_start(session: LabSession, line: str) -> None:
    came: list[BaseException] = []
    started = threading.Event()

    def launch() -> None:
        try:
            session.launch(lambda said: started.set() if said.startswith(line) else None)
        except BaseException as error:
            came.append(error)

    thread = threading.Thread(target=launch)
    thread.start()
    if line:
        assert started.wait(60)
    session.close()
    thread.join(60)
    session.close()
    assert not thread.is_alive()
    assert session.phase is Phase.STOPPED


def test_a_scenario_that_is_left_leaves_the_model_of_before(session: LabSession) -> None:
    session.launch(lambda line: None)
    mark = marker(session.workspace)
    marked: list[str] = []

    def leave(line: str) -> None:
        if "is champion" in line:
            marked.append(mark.read_text("utf-8"))
            session._left.set()

    with pytest.raises(Interrupted):
        session.play(next(each for each in SCENARIOS if each.name == "bad-model"), leave)
    assert marked == ["acme"]
    assert not mark.exists()


def test_nothing_is_left_of_an_app_that_was_killed_in_a_scenario_not_even_its_model(session: LabSession) -> None:
    place = session.workspace
    command = [sys.executable, "-m", "tests.study.living_session", str(place.labs_root), str(place.data_root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as app:
        assert app.stdout is not None
        assert app.stdout.readline() == "broken\n"
        assert len(orphans.left_below(place.data_root)) >= 2
        app.kill()
    assert until(lambda: not orphans.left_below(place.data_root)), orphans.left_below(place.data_root)
    assert until(lambda: not list((place.data_root / "run").glob("*.json")))
    assert marker(place).read_text("utf-8") == "acme"
    session.launch(lambda line: None)
    assert not marker(place).exists()
    assert session._service is not None
    assert session._service.client.recommend("u1", "acme").json["model_version"].startswith("1-")
