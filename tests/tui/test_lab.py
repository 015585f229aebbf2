"""The lab screen without a service: steps, checks, hints, solutions, watching, reset, explaining."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from studyapp.domain.events import EventKind
from studyapp.domain.labs import LabState
from studyapp.study.lab_progress import progress
from studyapp.tui.screens.confirm import ConfirmScreen
from studyapp.tui.screens.lab import LabScreen
from studyapp.tui.screens.reading import ReadingScreen
from studyapp.tui.screens.review import ReviewScreen
from studyapp.tui.screens.rubric import RubricScreen
from studyapp.tui.widgets.output import Output
from studyapp.tui.widgets.step_list import StepList
from tests.conftest import Home
from tests.runner.tiny_lab import SHELF, STARTER, write_labs
from tests.tui.driving import running, screen_text, shows, until

SHIPPED = Path(__file__).parents[2] / "labs"


@pytest.fixture
def shipped(home: Home) -> Home:
    """The small content, its topic alpha pointing at the shipped lab on the cache."""
    home.root.mkdir(parents=True, exist_ok=True)
    (home.root / "labs").symlink_to(SHIPPED)
    topic = home.content / "alpha" / "topic.yaml"
    topic.write_text(topic.read_text("utf-8") + "lab: lru-cache\n", "utf-8")
    cards = home.content / "alpha" / "cards.yaml"
    text = cards.read_text("utf-8").replace("  - id: alpha-basic\n", "  - id: alpha-basic\n    step: ttl\n")
    cards.write_text(text, "utf-8")
    return home


@pytest.fixture
def tiny(home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """The tiny lab, whose editor is one that opens nothing."""
    write_labs(home.root / "labs")
    monkeypatch.setenv("VISUAL", "true")
    return home


async def opened(pilot: Pilot[int], slug: str = "alpha") -> LabScreen:
    """The screen of a lab."""
    pilot.app.open_lab(slug)  # type: ignore[attr-defined]
    await until(
        pilot, lambda: isinstance(pilot.app.screen, LabScreen) and pilot.app.screen.query_one(StepList).has_focus
    )
    assert isinstance(pilot.app.screen, LabScreen)
    return pilot.app.screen


def output(screen: LabScreen) -> str:
    return screen.query_one(Output).text


def file_of(home: Home) -> Path:
    return home.places.data / "labs" / "alpha" / "recsys" / "recsys" / "shelf.py"


async def test_from_a_card_to_its_step_and_a_check_that_fails(shipped: Home) -> None:
    async with running(shipped) as pilot:
        await pilot.press("r")
        await until(pilot, shows(pilot, "What does Alpha need first?"))
        await pilot.press("l")
        await until(pilot, lambda: isinstance(pilot.app.screen, LabScreen))
        screen = pilot.app.screen
        assert isinstance(screen, LabScreen)
        await until(pilot, lambda: screen.query_one(StepList).step.id == "ttl")
        await until(pilot, shows(pilot, "An entry written at time t"))
        await pilot.press("h")
        await until(pilot, shows(pilot, "Hint 1 of 3"))
        await pilot.press("c")
        await until(pilot, lambda: "✗ 3 Expire by a clock" in output(screen))
        await pilot.press("escape")
        await until(pilot, shows(pilot, "✗ 3 Expire"))
        await pilot.press("escape")
        await until(pilot, shows(pilot, "What does Alpha need first?"))


async def test_a_topic_without_a_lab_says_so(home: Home) -> None:
    async with running(home) as pilot:
        await pilot.press("enter")
        await until(pilot, shows(pilot, "In short"))
        await pilot.press("l")
        await until(pilot, shows(pilot, "no lab yet"))


async def test_a_new_lab_opens_with_its_brief(shipped: Home) -> None:
    async with running(shipped) as pilot:
        await opened(pilot, "lru-cache")
        await until(pilot, shows(pilot, "Brief", "0/8 steps"))
        assert "forty-five minutes" in " ".join(
            part.text for part in pilot.app.screen.query(".part") if hasattr(part, "text")
        )


async def test_steps_are_checked_one_by_one_and_all_and_explained_at_the_end(tiny: Home) -> None:
    async with running(tiny) as pilot:
        screen = await opened(pilot)
        await pilot.press("down", "c")
        await until(pilot, shows(pilot, "✗ 1 Write put", "not written yet: step 1", "r practises the 1 card"))
        await pilot.press("r")
        await until(pilot, lambda: isinstance(pilot.app.screen, ReviewScreen))
        await pilot.press("escape")
        file_of(tiny).write_text(SHELF, "utf-8")
        await pilot.press("a")
        await until(pilot, shows(pilot, "✓ 6 Write clear", "All steps pass. x explains it", "x Explain"))
        await pilot.press("x")
        await until(pilot, shows(pilot, "Explain how alpha fails."))
        await pilot.press(*"it breaks", "tab", "2")
        await until(pilot, lambda: isinstance(pilot.app.screen, RubricScreen) and pilot.app.screen.proposals)
        await pilot.press("enter", "space")
        await until(pilot, shows(pilot, "Result"))
        await pilot.press("escape")
        await until(pilot, shows(pilot, "done · 6/6 steps"))
        assert progress(screen.study)["alpha"].state is LabState.DONE


async def test_watching_checks_at_each_save_up_to_the_first_failure(tiny: Home) -> None:
    async with running(tiny) as pilot:
        screen = await opened(pilot)
        await pilot.press("w")
        await until(pilot, shows(pilot, "watching"))
        file_of(tiny).write_text("def (", "utf-8")
        await until(pilot, lambda: "is not valid Python" in output(screen))
        file_of(tiny).write_text(STARTER.replace("return 0 ", "return 1 "), "utf-8")
        await until(pilot, lambda: "not written yet: step 1" in output(screen))
        assert "2 Write count" not in output(screen)
        await pilot.press("w")
        await until(pilot, lambda: "Not watching any more" in output(screen))


async def test_a_solution_before_its_time_is_confirmed_and_kept(tiny: Home) -> None:
    async with running(tiny) as pilot:
        screen = await opened(pilot)
        await pilot.press("down", "s")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmScreen))
        await pilot.press("n")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert list(screen.study.progress.events(EventKind.SOLUTION_SHOWN)) == []
        await pilot.press("s", "y")
        await until(pilot, lambda: isinstance(pilot.app.screen, ReadingScreen))
        await until(pilot, shows(pilot, "self.things.append(thing)"))
        (event,) = screen.study.progress.events(EventKind.SOLUTION_SHOWN)
        assert (event.subject, event.value) == ("alpha/put", 0.0)


async def test_reset_says_where_the_backup_is_and_diff_what_changed(tiny: Home) -> None:
    async with running(tiny, size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("e")
        await until(pilot, file_of(tiny).exists)
        file_of(tiny).write_text(SHELF, "utf-8")
        await pilot.press("d")
        await until(pilot, shows(pilot, "+        self.things.append(thing)"))
        await pilot.press("escape", "R", "y")
        await until(pilot, lambda: "What was there is kept in" in output(screen))
        assert file_of(tiny).read_text("utf-8") == STARTER
        await pilot.press("d")
        await until(pilot, shows(pilot, "Nothing is changed yet."))


async def test_a_lost_file_and_a_terminal_without_editor_are_told(tiny: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(tiny) as pilot:
        screen = await opened(pilot)
        monkeypatch.setenv("VISUAL", "no-such-editor")
        await pilot.press("e")
        await until(pilot, lambda: "there is no editor 'no-such-editor'" in output(screen))
        file_of(tiny).unlink()
        await pilot.press("c")
        await until(pilot, lambda: "shelf.py is gone from" in output(screen))
        await pilot.press("2")
        await until(pilot, shows(pilot, "lab reset alpha"))


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 20)])
async def test_it_fits_every_terminal(tiny: Home, size: tuple[int, int]) -> None:
    async with running(tiny, size=size) as pilot:
        await opened(pilot)
        for pane in ("2", "3", "1"):
            await pilot.press(pane)
            await until(pilot, shows(pilot, "The service is not running" if pane == "3" else "Back"))
            assert all(len(line) <= size[0] for line in screen_text(pilot).splitlines())
        assert len([each for each in pilot.app.screen.query("FooterKey") if each.region.width]) <= 8


async def test_the_palette_and_help_know_every_key_of_a_lab(tiny: Home) -> None:
    async with running(tiny) as pilot:
        screen = await opened(pilot)
        titles = {command.title for command in pilot.app.get_system_commands(screen)}
        assert {"Labs", "Check all", "Watch", "Solution", "Reset", "Break", "Predict", "Launch"} <= titles
        await pilot.press("f1")
        await until(pilot, shows(pilot, "that ends the lab"))
        await pilot.press("escape")
        for key, said in (("b", "Afterwards the service is as it was."), ("p", "commits you"), ("d", "esc closes it")):
            await until(pilot, lambda: pilot.app.screen is screen)
            await pilot.press(key)
            await until(pilot, lambda: pilot.app.screen is not screen)
            await pilot.press("f1")
            await until(pilot, shows(pilot, said))
            await pilot.press("escape", "escape")
