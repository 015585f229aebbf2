"""The interview plan made, shown, changed and cleared by keys."""

from datetime import UTC, datetime, timedelta

from textual.widgets import Input

from studyapp.study import planning
from tests.conftest import Home
from tests.tui.driving import running, shows, until


def in_days(home: Home, count: int) -> str:
    """A day as it is typed."""
    return (datetime.fromtimestamp(home.hands.ms / 1000, UTC) + timedelta(days=count)).date().isoformat()


async def test_a_plan_from_nothing_to_today_and_back(home: Home) -> None:
    async with running(home) as pilot:
        await pilot.press("p")
        await until(pilot, shows(pilot, "There is no plan yet"))
        await pilot.press("e")
        await until(pilot, shows(pilot, "Interview on", "Minutes a day"))
        await pilot.press(*"soon", "ctrl+s")
        await until(pilot, shows(pilot, "Not kept yet", "“soon” is not a date"))
        pilot.app.screen.query_one("#dates", Input).value = "[/b]"
        await pilot.press("ctrl+s")
        await until(pilot, shows(pilot, "“[/b]” is not a date"))
        assert not shows(pilot, "soon")()  # one note at a time
        pilot.app.screen.query_one("#dates", Input).value = in_days(home, 10)
        await pilot.press("ctrl+s")
        await until(pilot, shows(pilot, "in 10 days", "Today:", "by the plan", "without today"))
        study = pilot.app.study  # type: ignore[attr-defined]
        plan = planning.active(study)
        assert plan is not None
        assert (plan.minutes, plan.morning) == (30, False)
        await pilot.press("e")
        await until(pilot, shows(pilot, in_days(home, 10)))
        pilot.app.screen.query_one("#minutes", Input).value = "5"
        await pilot.press("enter")
        await until(pilot, shows(pilot, "5 minutes a day"))
        await pilot.press("c")
        await until(pilot, shows(pilot, "There is no plan yet"))
        assert planning.active(study) is None


async def test_the_session_follows_the_plan(home: Home) -> None:
    async with running(home) as pilot:
        study = pilot.app.study  # type: ignore[attr-defined]
        planning.keep(study, planning.Plan((study.clock.today() + 5,), 30, topics=frozenset({"beta"})))
        await pilot.press("p")
        await until(pilot, shows(pilot, "in 5 days"))
        await pilot.press("r")
        await until(pilot, shows(pilot, "What does Beta need first?"))
