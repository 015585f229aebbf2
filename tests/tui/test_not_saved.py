"""A progress file that cannot be written is told to the person and ends nothing."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from textual.widgets import Input

from studyapp.study import settings
from studyapp.tui.screens.quiz import QuizScreen
from studyapp.tui.screens.rubric import RubricScreen
from tests.conftest import Home
from tests.tui.driving import running, shows, until


@contextmanager
def locked(home: Home) -> Iterator[None]:
    """Another program holds the progress file for writing."""
    other = sqlite3.connect(home.places.database, isolation_level=None)
    other.execute("begin immediate")
    try:
        yield
    finally:
        other.execute("rollback")
        other.close()


async def test_a_grade_that_is_not_kept_can_be_given_again(home: Home) -> None:
    async with running(home) as pilot:
        pilot.app.study.progress.connection.execute("pragma busy_timeout = 10")  # type: ignore[attr-defined]
        await pilot.press("r")
        await until(pilot, shows(pilot, "What does Alpha need first?"))
        with locked(home):
            await pilot.press("space", "3")
            await until(pilot, shows(pilot, "Not saved", "A measurement."))
        await pilot.press("3")
        await until(pilot, shows(pilot, "What does Beta need first?", "1 done"))


async def test_a_setting_and_a_marked_answer_that_are_not_kept(home: Home) -> None:
    async with running(home, size=(120, 40)) as pilot:
        study = pilot.app.study  # type: ignore[attr-defined]
        study.progress.connection.execute("pragma busy_timeout = 10")
        await pilot.press("comma")
        await until(pilot, lambda: pilot.app.screen.query_one("#new-a-day", Input))
        pilot.app.screen.query_one("#new-a-day", Input).focus()
        with locked(home):
            await pilot.press("end", "5", "enter")
            await until(pilot, shows(pilot, "Not saved"))
        await pilot.press("enter")
        await until(pilot, lambda: settings.get(study.progress, "new-a-day") == "205")
        await pilot.press("escape", "b", *"alpha-q-open")
        await until(pilot, shows(pilot, "Explain how alpha fails."))
        await pilot.press("enter", "enter")
        await until(pilot, shows(pilot, "write the answer"))
        await pilot.press(*"breaks", "tab", "2")
        await until(pilot, lambda: isinstance(pilot.app.screen, RubricScreen) and pilot.app.screen.proposals)
        with locked(home):
            await pilot.press("enter")
            await until(pilot, shows(pilot, "Not saved"))
        assert isinstance(pilot.app.screen, QuizScreen)
        await pilot.press("2")
        await until(pilot, lambda: isinstance(pilot.app.screen, RubricScreen) and pilot.app.screen.proposals)
        await pilot.press("enter")
        await until(pilot, shows(pilot, "points"))
