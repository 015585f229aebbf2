"""What the checks share: a clock set by hand, threads that start together, a scheduler that interrupts everywhere."""

import random
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

SECONDS = 2.0  # what is waited for a condition
STUCK_SECONDS = 10.0  # what any answer may take at most, on a slow machine
PAUSE = 1e-6
CHANCE = 0.05  # of letting another thread in before an instruction


class Clock:
    """A clock that moves only when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def alive() -> Callable[[Any, str], str]:
    """Those of some one-letter keys that a cache still has."""
    from recsys.cache import MISSING

    return lambda cache, keys: "".join(key for key in keys if cache.get(key) is not MISSING)


@pytest.fixture
def together() -> Callable[..., list[Any]]:
    """Run calls at once, a thread each: what each returned or raised, in order."""
    return run_together


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], bool]:
    """Whether a condition came true in time."""
    return wait_until


@pytest.fixture
def interrupted() -> Callable[[], Any]:
    """Within it, threads that start are interrupted between any two instructions of recsys/cache.py."""
    return interrupting


def run_together(*calls: Callable[[], Any]) -> list[Any]:
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
        pytest.fail(f"{stuck} of {len(calls)} threads still wait after {STUCK_SECONDS:g} s: who wakes them?")
    return answers


def wait_until(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + SECONDS
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.001)
    return True


@contextmanager
def interrupting() -> Iterator[None]:
    file, chance = sys.modules["recsys.cache"].__file__, random.Random(7)

    def enter(frame: Any, event: str, argument: object) -> Any:
        if frame.f_code.co_filename != file:
            return None
        frame.f_trace_opcodes = True
        return pause

    def pause(frame: Any, event: str, argument: object) -> Any:
        if event == "opcode" and chance.random() < CHANCE:
            time.sleep(PAUSE)
        return pause

    interval = sys.getswitchinterval()
    sys.setswitchinterval(PAUSE)  # who paused need not wait long for its turn
    threading.settrace(enter)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
        threading.settrace(None)  # type: ignore[arg-type]
