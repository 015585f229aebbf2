"""A card leads to its lab step; the step is checked and a hint is given, on the shipped lab."""

from pathlib import Path

import pytest
from textual.widgets import Static

from studyapp.tui.screens.lab import LabScreen
from tests.conftest import Home
from tests.tui.driving import running, shows, until

SHIPPED = Path(__file__).parents[2] / "labs"


@pytest.fixture
def lab_home(home: Home) -> Home:
    """The small content, its topic alpha pointing at the shipped lab on the cache."""
    home.root.mkdir(parents=True, exist_ok=True)
    (home.root / "labs").symlink_to(SHIPPED)
    topic = home.content / "alpha" / "topic.yaml"
    topic.write_text(topic.read_text("utf-8") + "lab: lru-cache\n", "utf-8")
    cards = home.content / "alpha" / "cards.yaml"
    text = cards.read_text("utf-8").replace("  - id: alpha-basic\n", "  - id: alpha-basic\n    step: ttl\n")
    cards.write_text(text, "utf-8")
    return home


async def test_from_a_card_to_its_step_and_a_check_that_fails(lab_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", "true")
    async with running(lab_home) as pilot:
        await pilot.press("r")
        await until(pilot, shows(pilot, "What does Alpha need first?"))
        await pilot.press("l")
        await until(pilot, lambda: isinstance(pilot.app.screen, LabScreen))
        screen = pilot.app.screen
        assert isinstance(screen, LabScreen)
        await until(pilot, lambda: screen.step.id == "ttl")
        await pilot.press("h")
        await until(pilot, shows(pilot, "Hint 1 of 3"))
        await pilot.press("c")
        await until(pilot, shows(pilot, "Press e first"))
        await pilot.press("e")
        await until(pilot, lambda: (lab_home.places.data / "labs" / "lru-cache").is_dir())
        await pilot.press("c")
        await until(pilot, lambda: "✗" in str(screen.query_one("#lab-said", Static).content))
        await pilot.press("escape")
        await until(pilot, shows(pilot, "What does Alpha need first?"))


async def test_a_topic_without_a_lab_says_so(home: Home) -> None:
    async with running(home) as pilot:
        await pilot.press("enter")
        await until(pilot, shows(pilot, "In short"))
        await pilot.press("l")
        await until(pilot, shows(pilot, "no lab yet"))
