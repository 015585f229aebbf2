"""What the checks share: a reference, and traffic that never changes from run to run."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

ROWS = 4000
GOLDEN, SILVER = 0.6180339887498949, 0.41421356237309515  # multiples of these, modulo 1, are spread evenly


@pytest.fixture
def traffic() -> Callable[..., dict[str, Any]]:
    """Columns of `rows` requests, the first of them number `start`: minutes in a session, plan, and score."""
    return columns


@pytest.fixture
def profile() -> Any:
    """The reference: what 4,000 requests were like when the model was trained."""
    from recsys.drift.profile import ReferenceProfile

    return ReferenceProfile.fit(columns(ROWS))


def columns(rows: int, start: int = 0, *, shift: float = 0.0) -> dict[str, Any]:
    number = np.arange(start, start + rows)
    minutes = -10 * np.log1p(-((number * GOLDEN) % 1)) + shift
    score = (number * SILVER) % 1
    plan = np.where(number % 7 < 4, "free", np.where(number % 7 < 6, "team", "enterprise")).astype(object)
    return {"minutes": minutes, "plan": plan, "score": score}


@pytest.fixture
def rows_of() -> Callable[[dict[str, Any]], list[dict[str, Any]]]:
    """Columns as the single requests that the service counts."""

    def split(table: dict[str, Any]) -> list[dict[str, Any]]:
        lists = [column.tolist() for column in table.values()]
        return [dict(zip(table, row, strict=True)) for row in zip(*lists, strict=True)]

    return split
