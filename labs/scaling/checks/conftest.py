"""What the checks share: a clock set by hand, replicas by number, threads that meet."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from recsys.balance import Replica

SECONDS = 10.0  # what a thread may take at most, on a slow machine


class Clock:
    """A clock that moves only when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def pass_by(self, seconds: float) -> None:
        """Let time pass; a `sleep` for code that takes one."""
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def fresh() -> Callable[..., list[Replica]]:
    """Replicas r0, r1, ..., with as many requests in flight as said for each, or else a number of idle ones."""

    def make(count: int = 0, loads: tuple[int, ...] = ()) -> list[Replica]:
        return [Replica(f"r{number}", in_flight=load) for number, load in enumerate(loads or (0,) * count)]

    return make


@pytest.fixture
def together() -> Callable[..., list[Any]]:
    """Run calls at once, a thread each: what each returned or raised, in order."""
    return run_together


def run_together(*calls: Callable[[], Any]) -> list[Any]:
    answers: list[Any] = [None] * len(calls)
    start = threading.Barrier(len(calls))

    def run(place: int, call: Callable[[], Any]) -> None:
        start.wait(SECONDS)
        try:
            answers[place] = call()
        except Exception as error:
            answers[place] = error

    threads = [threading.Thread(target=run, args=each, daemon=True) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + SECONDS
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    stuck = sum(thread.is_alive() for thread in threads)
    if stuck:
        pytest.fail(f"{stuck} of {len(calls)} threads still wait after {SECONDS:g} s: which lock waits for itself?")
    return answers
