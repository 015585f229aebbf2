"""What the checks share: replicas by number."""

from collections.abc import Callable

import pytest

from recsys.balance import Replica


@pytest.fixture
def fresh() -> Callable[..., list[Replica]]:
    """Replicas r0, r1, ..., with as many requests in flight as said for each, or else a number of idle ones."""

    def make(count: int = 0, loads: tuple[int, ...] = ()) -> list[Replica]:
        return [Replica(f"r{number}", in_flight=load) for number, load in enumerate(loads or (0,) * count)]

    return make
