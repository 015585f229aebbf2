"""The lab screen with its service running: loaded, broken, predicted, left; trouble is told and ends nothing."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from studyapp.domain.events import EventKind
from studyapp.runner import orphans
from studyapp.runner.workspace import Workspace
from studyapp.study.lab_session import LabSession, Phase
from studyapp.tui.screens.confirm import ConfirmScreen
from studyapp.tui.screens.experiments import ExperimentsScreen
from studyapp.tui.screens.home import HomeScreen
from studyapp.tui.screens.lab import LabScreen
from studyapp.tui.screens.scenarios import ScenariosScreen
from studyapp.tui.widgets.service_pane import ServicePane
from tests.conftest import Home
from tests.runner.serving import SHELF, write_events, write_labs_of_service
from tests.runner.test_experiments import EXPERIMENTS
from tests.runner.tiny_lab import read_lab
from tests.tui.driving import running, screen_text, shows, until
from tests.tui.test_lab import opened, output

pytestmark = [pytest.mark.xdist_group("service"), pytest.mark.timeout(300)]


@pytest.fixture
def solved(home: Home) -> Iterator[Home]:
    """The tiny lab on the real service, solved, with a few events."""
    root = write_labs_of_service(home.root / "labs")
    (root / "alpha" / "experiments.py").write_text(EXPERIMENTS, "utf-8")
    place = Workspace.create(read_lab(root), root, home.places.data)
    (place.path / "recsys" / "shelf.py").write_bytes(SHELF.read_bytes())
    write_events(place)
    yield home
    assert orphans.left_below(home.places.data) == []


async def launched(pilot: Pilot[int]) -> LabScreen:
    """The lab screen, its service running."""
    screen = await opened(pilot)
    await pilot.press("l")
    await until(pilot, lambda: screen.phase is Phase.RUNNING, "the service to run", seconds=120)
    return screen


async def test_it_is_launched_loaded_broken_predicted_and_left(solved: Home) -> None:
    async with running(solved, size=(120, 40)) as pilot:
        screen = await launched(pilot)
        await until(pilot, shows(pilot, "requests/s", "p99", "drift", "running · 0/6 steps"))
        await pilot.press("plus", "plus", "plus", "plus", "plus")
        await until(pilot, lambda: screen.session.readings[-1].sent.answered > 20)
        await until(pilot, shows(pilot, "20/s", "personal"))
        await pilot.press("b")
        await until(pilot, lambda: isinstance(pilot.app.screen, ScenariosScreen))
        await pilot.press("end", "enter")
        await until(pilot, lambda: "✓ Without a key that is whole" in output(screen), seconds=90)
        assert output(screen).index("should: ") < output(screen).index("→ ") < output(screen).index("✓ ")
        await until(pilot, lambda: not screen.query_one(ServicePane).busy)
        await predict(pilot, "50")
        await until(pilot, lambda: "you said 50 things, it came to 50 things: 100% of the marks" in output(screen))
        assert "█" in output(screen)
        (event,) = screen.study.progress.events(EventKind.PREDICTION)
        assert event.body == {"predicted": 50.0, "came": 50.0, "confidence": 3}
        assert screen.session.rate == 20.0
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmScreen))
        await pilot.press("y")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen), seconds=40)
        assert orphans.left_below(solved.places.data) == []


async def predict(pilot: Pilot[int], value: str) -> None:
    """Commit to a value for the first experiment; what is no number is told first."""
    await pilot.press("p")
    await until(pilot, lambda: isinstance(pilot.app.screen, ExperimentsScreen))
    await pilot.press("enter", *"many", "enter")
    await until(pilot, shows(pilot, "asks for a number in things"))
    pilot.app.screen.query_one("#predicted", Input).value = value
    await pilot.press("enter")
    await until(pilot, shows(pilot, "How sure are you?"))
    await pilot.press("3")
    await until(pilot, lambda: isinstance(pilot.app.screen, LabScreen))


async def test_leaving_the_app_leaves_nothing_running(solved: Home) -> None:
    async with running(solved) as pilot:
        screen = await launched(pilot)
        await until(pilot, shows(pilot, "requests/s"))
        assert all(len(line) <= 80 for line in screen_text(pilot).splitlines())
        assert orphans.left_below(solved.places.data)
        await pilot.press("ctrl+q")
        await until(pilot, lambda: not pilot.app.is_running or screen.session.phase is Phase.STOPPED, seconds=40)


async def test_trouble_is_told_and_the_app_lives_on(solved: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(solved) as pilot:
        screen = await opened(pilot)
        shelf = solved.places.data / "labs" / "alpha" / "recsys" / "recsys" / "shelf.py"
        good = shelf.read_text("utf-8")
        shelf.write_text("def (", "utf-8")
        await pilot.press("l")
        await until(pilot, lambda: "shelf.py:1: SyntaxError" in output(screen), seconds=90)
        await until(pilot, lambda: not screen.query_one(ServicePane).busy)
        assert screen.phase is Phase.STOPPED
        shelf.write_text(good, "utf-8")
        other = LabSession(screen.workspace, screen.study.rng)
        other.launch(lambda line: None)
        try:
            await pilot.press("l")
            await until(pilot, lambda: "running already, in another studyapp" in output(screen), seconds=90)
        finally:
            other.close()
        await until(pilot, lambda: not screen.query_one(ServicePane).busy)
        monkeypatch.setattr(
            screen.session, "environment", {"PATH": "", "REDIS_URL": f"redis://127.0.0.1:{free_port()}"}
        )
        await pilot.press("l")
        await until(pilot, lambda: "REDIS_URL is set but does not answer" in output(screen), seconds=90)
        await pilot.press("1", "c")
        await until(pilot, lambda: "✗ 1" in output(screen) or "✓ 1" in output(screen))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_a_service_that_dies_is_told(solved: Home) -> None:
    async with running(solved, size=(120, 40)) as pilot:
        screen = await launched(pilot)
        for record in Path(solved.places.data / "run").glob("*.json"):
            orphans.kill(record)
        await until(pilot, lambda: "the service ended with status" in output(screen), seconds=40)
        await until(pilot, lambda: screen.phase is Phase.STOPPED)
        await until(pilot, shows(pilot, "l starts it with your code"))
