"""What the checks share: views, tables, a clock set by hand, a store on a real Redis where there is one."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = 3600.0


class Clock:
    """A clock that moves only when told, in seconds since the epoch."""

    def __init__(self) -> None:
        self.now = NOON.timestamp()

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def at() -> Callable[..., datetime]:
    """So many hours after noon of 23 November 2026."""
    return lambda hours=0.0, **more: NOON + timedelta(hours=hours, **more)


@pytest.fixture
def make_view() -> Callable[..., Any]:
    """A view of users with two features, or with whatever is said otherwise."""
    return view_of


def view_of(**otherwise: Any) -> Any:
    from recsys.features import Feature, FeatureView

    usual = {
        "name": "user_activity",
        "entity": "user",
        "features": (Feature("opens_7d", "boards opened in 7 days"), Feature("done_7d", "items completed in 7 days")),
        "ttl": 24 * HOUR,
        "owner": "growth",
    }
    return FeatureView(**{**usual, **otherwise})


@pytest.fixture
def table() -> Callable[..., pa.Table]:
    """Feature rows: (tenant, user, event time, opens, done), and with `written` when each was stored."""
    return table_of


def table_of(
    rows: Sequence[tuple[Any, ...]], written: Sequence[datetime] | None = None, entity: str = "user"
) -> pa.Table:
    tenants, users, times, *values = zip(*rows, strict=True) if rows else ([], [], [], [], [])
    columns = {
        "tenant": pa.array(tenants, pa.string()),
        entity: pa.array(users, pa.string()),
        "event_time": pa.array(times, pa.timestamp("us", "UTC")),
    }
    for name, column in zip(("opens_7d", "done_7d"), values, strict=False):
        columns[name] = pa.array(column, pa.float32())
    if written is not None:
        columns["created_time"] = pa.array(written, pa.timestamp("us", "UTC"))
    return pa.table(columns)


@pytest.fixture(scope="module")
def redis() -> Iterator[Any]:
    """A client of a Redis that is started for the file."""
    from recsys import backend

    store = backend.start()
    yield store.client(timeout=2.0)
    store.stop()


@pytest.fixture
def online(redis: Any, clock: Clock) -> Any:
    """An empty online store whose clock is set by hand."""
    from recsys.features import OnlineStore

    redis.flushdb()
    return OnlineStore(redis, clock=clock)


@pytest.fixture
def round_trips(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows by one whenever something is sent to Redis, by whatever command or pipeline."""
    from redis.connection import AbstractConnection

    sent, send = [], AbstractConnection.send_packed_command

    def counted(self: Any, command: Any, *more: Any, **named: Any) -> Any:
        sent.append(1)
        return send(self, command, *more, **named)

    monkeypatch.setattr(AbstractConnection, "send_packed_command", counted)
    return sent


@pytest.fixture
def numbers() -> Callable[[Any], list[Any]]:
    """Values as plain numbers, None for what is unknown."""
    return plain


def plain(values: Any) -> list[Any]:
    if isinstance(values, pa.ChunkedArray):
        return [None if value is None else round(value, 4) for value in values.to_pylist()]
    return [
        plain(value) if isinstance(value, np.ndarray) else None if np.isnan(value) else round(float(value), 4)
        for value in values
    ]
