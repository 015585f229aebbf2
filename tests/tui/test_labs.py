"""The labs room: every lab, how far it is, and the way into it."""

from studyapp.tui.screens.lab import LabScreen
from studyapp.tui.screens.topic import TopicScreen
from tests.conftest import Home
from tests.runner.tiny_lab import write_labs
from tests.tui.driving import running, shows, until


def lead_to_lab(home: Home) -> None:
    """The tiny lab, and the topic alpha pointing at it."""
    write_labs(home.root / "labs")
    topic = home.content / "alpha" / "topic.yaml"
    topic.write_text(topic.read_text("utf-8") + "lab: alpha\n", "utf-8")


async def test_labs_are_listed_and_lead_to_a_lab_and_to_its_topic(home: Home) -> None:
    lead_to_lab(home)
    async with running(home) as pilot:
        await pilot.press("l")
        await until(pilot, shows(pilot, "A shelf", "0/6", "0 of 1 done", "Keep the newest things."))
        await pilot.press("t")
        await until(pilot, lambda: isinstance(pilot.app.screen, TopicScreen))
        await pilot.press("escape", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, LabScreen))
        await pilot.press("escape")
        await until(pilot, shows(pilot, "0 of 1 done"))


async def test_without_labs_it_says_so_and_a_broken_one_is_named(home: Home) -> None:
    async with running(home) as pilot:
        await pilot.press("l")
        await until(pilot, shows(pilot, "There are no labs here."))
    write_labs(home.root / "labs")
    (home.root / "labs" / "alpha" / "lab.yaml").write_text("slug: alpha\n", "utf-8")
    async with running(home, size=(120, 40)) as pilot:
        await pilot.press("l")
        await until(pilot, shows(pilot, "alpha/lab.yaml"))
