"""Fixtures that any lab's checks may use: a clock that is set by hand, and threads that start together."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

STUCK_SECONDS = 10.0  # what any answer may take at most, on a slow machine


class Clock:
    """A clock that moves only when told, in seconds."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def pass_by(self, seconds: float) -> None:
        """Let time pass; a `sleep` for code that takes one."""
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    """A clock of the test's own."""
    return Clock()


@pytest.fixture
def together() -> Callable[..., list[Any]]:
    """Run calls at once, a thread each: what each returned or raised, in order."""
    return _together


def _together(*calls: Callable[[], Any]) -> list[Any]:
    answers: list[Any] = [None] * len(calls)
    start = threading.Barrier(len(calls))

    def run(place: int, call: Callable[[], Any]) -> None:
        start.wait(STUCK_SECONDS)
        try:
            answers[place] = call()
        except Exception as error:
            answers[place] = error

    threads = [threading.Thread(target=run, args=each, daemon=True) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + STUCK_SECONDS
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    stuck = sum(thread.is_alive() for thread in threads)
    if stuck:
        said = f"{stuck} of {len(calls)} threads still wait after {STUCK_SECONDS:g} s"
        pytest.fail(f"{said}: for which lock, or for whom?")
    return answers
