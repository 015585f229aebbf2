"""What the checks share: what is alive in a cache, waiting for it, a scheduler that interrupts everywhere."""

import random
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

SECONDS = 2.0  # what is waited for a condition
PAUSE = 1e-6
CHANCE = 0.05  # of letting another thread in before an instruction


@pytest.fixture
def alive() -> Callable[[Any, str], str]:
    """Those of some one-letter keys that a cache still has."""
    from recsys.cache import MISSING

    return lambda cache, keys: "".join(key for key in keys if cache.get(key) is not MISSING)


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], bool]:
    """Whether a condition came true in time."""
    return wait_until


@pytest.fixture
def interrupted() -> Callable[[], Any]:
    """Within it, threads that start are interrupted between any two instructions of recsys/cache.py."""
    return interrupting


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
