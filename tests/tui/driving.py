"""Driving the app in tests: wait for a condition, never for a time."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from textual.pilot import Pilot

from studyapp.tui.app import StudyApp
from tests.conftest import Home

DEADLINE = 20.0


async def until(
    pilot: Pilot[int], predicate: Callable[[], object], what: str = "", *, seconds: float = DEADLINE
) -> None:
    """Return once the predicate holds; fail with a picture in words when it does not within the deadline."""
    begun = time.monotonic()
    while True:
        await pilot.pause()
        try:
            if predicate():
                return
        except Exception as error:  # a screen that is not composed yet: look again
            what = what or repr(error)
        if time.monotonic() - begun > seconds:
            raise AssertionError(f"{what or predicate} did not come true\n{screen_text(pilot)}")
        await asyncio.sleep(0.01)


def screen_text(pilot: Pilot[int]) -> str:
    """What stands on the screen, as plain text."""
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)


@asynccontextmanager
async def running(home: Home, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Pilot[int]]:
    """The app of a home, its content loaded and shown."""
    app = StudyApp(home.places, home.unread)
    async with app.run_test(size=size, notifications=True) as pilot:
        await until(pilot, shows(pilot, "Alpha"), "the content on the home screen")
        yield pilot


def shows(pilot: Pilot[int], *texts: str) -> Callable[[], bool]:
    """A predicate: each text stands on the screen."""
    return lambda: all(text in screen_text(pilot) for text in texts)
