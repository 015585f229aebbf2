"""The online store: the newest value of each feature in Redis, read in one round trip. Yours to write.

As it stands it works, and is wrong in five ways: whoever writes last wins, a row lives from its writing on and not from
its event, every row is asked for by itself, what is stale is served, and all tenants share their rows.

A row is one string: 8 bytes of event time (microseconds, big-endian) and the float32 values in the view's order.
"""

from __future__ import annotations

import struct
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import redis
from numpy.typing import NDArray

from recsys.features.definitions import FeatureView
from recsys.keys import joined, starting_with

_WRITE_IF_NEWER = """
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
"""
# step 5: KEYS[1] is the row's key, ARGV the event time in microseconds, the packed row, milliseconds to live. A row whose
# event is newer stays, and 0 is returned. Redis runs a script as one step; its numbers are doubles.
_BATCH = 1000
_LATEST = 2**53 / 1e6  # where the microseconds stop being exact in Lua's doubles: the year 2255


@dataclass(frozen=True, slots=True)
class FeatureRows:
    """What a read found: one row an entity asked for, one column a feature asked for.

    `values` (n, features) float32 is NaN wherever a row is not fresh; `ages` (n,) is seconds since the event, NaN for
    absent.
    """

    names: tuple[str, ...]
    values: NDArray[np.float32]
    ages: NDArray[np.float64]
    fresh: NDArray[np.bool_]

    @property
    def coverage(self) -> float:
        """The share of rows that were there and fresh; 1.0 where nothing was asked for."""
        return float(self.fresh.mean()) if len(self.fresh) else 1.0


class OnlineStore:
    """The newest feature rows of every tenant, in Redis."""

    def __init__(
        self, client: redis.Redis, prefix: str = "recsys:features:", *, clock: Callable[[], float] = time.time
    ) -> None:
        """Store under `prefix`; `clock` gives seconds since the epoch, in which events are dated too."""
        self.prefix = prefix
        self._redis = client
        self.clock = clock
        self._write_if_newer = client.register_script(_WRITE_IF_NEWER)

    def write(
        self, tenant: str, view: FeatureView, entity_id: str, values: Mapping[str, float], event_time: datetime | float
    ) -> bool:
        """Store one row unless a newer one is there or it is past its time to live; whether it was stored.

        `event_time` is an aware datetime or seconds since the epoch; features not in `values` are NaN. Raises
        KeyError for a feature that the view does not have.
        """
        row = np.full((1, len(view.names)), np.nan, np.float32)
        row[0, view.positions(list(values))] = list(values.values())
        return self.write_many(tenant, view, [entity_id], row, [_seconds(event_time)]) == 1

    def write_many(
        self,
        tenant: str,
        view: FeatureView,
        entity_ids: Sequence[str],
        rows: NDArray[Any],
        event_times: Sequence[float],
    ) -> int:
        """Store `rows` (n, features in the view's order) dated `event_times` (seconds); how many were stored."""
        if rows.shape != (len(entity_ids), len(view.names)) or len(event_times) != len(entity_ids):
            expected = (len(entity_ids), len(view.names))
            raise ValueError(f"view {view.id} needs rows of shape {expected} and as many times, not {rows.shape}")
        packed = np.ascontiguousarray(rows, dtype="<f4")
        now, stored = self.clock(), 0
        for start in range(0, len(entity_ids), _BATCH):
            pipeline = self._redis.pipeline(transaction=False)
            for index in range(start, min(start + _BATCH, len(entity_ids))):
                event_time = event_times[index]
                # step 5: it expires `ttl` seconds after its event, as the point-in-time join has it
                lifetime = round(view.ttl * 1000)
                if lifetime > 0:
                    key = self._key(tenant, view, entity_ids[index])
                    stamp = _microseconds(event_time)
                    value = struct.pack(">q", stamp) + packed[index].tobytes()
                    self._write_if_newer(keys=[key], args=[stamp, value, lifetime], client=pipeline)
            stored += sum(pipeline.execute())
        return stored

    def read(
        self, tenant: str, view: FeatureView, entity_ids: Sequence[str], names: Sequence[str] | None = None
    ) -> FeatureRows:
        """The newest row of each entity, in the order asked for, in one round trip; all features where `names` is None.

        Raises KeyError for an unknown feature and redis.RedisError where the store does not answer.
        """
        names = view.names if names is None else tuple(names)
        columns = view.positions(names)
        # step 5: one command for all rows, one NumPy view of what comes back (`np.frombuffer` with a record of a big-endian
        # time and the floats); a row of another length was not written by this view; what `view.is_fresh` refuses is NaN
        values = np.full((len(entity_ids), len(names)), np.nan, np.float32)
        ages = np.full(len(entity_ids), np.nan)
        for row, entity in enumerate(entity_ids):
            reply: Any = self._redis.get(self._key(tenant, view, entity))
            if reply:
                values[row] = np.frombuffer(reply[8:], "<f4")[columns]
                ages[row] = self.clock() - struct.unpack(">q", reply[:8])[0] / 1e6
        return FeatureRows(names, values, ages, ~np.isnan(ages))

    def delete_tenant(self, tenant: str) -> int:
        """Erase every row of a tenant (a customer who leaves); how many."""
        erased = 0
        for key in self._redis.scan_iter(match=starting_with(f"{self.prefix}{{{joined(tenant, '')}"), count=_BATCH):
            erased += int(self._redis.unlink(key))
        return erased

    def _start(self, tenant: str, view: FeatureView) -> str:
        """How the keys of a tenant's view begin."""
        # step 5: tenant and view, quoted by `joined`, in braces: they make one slot of a Redis Cluster of them
        return f"{self.prefix}{{{joined(view.name)}}}:"

    def _key(self, tenant: str, view: FeatureView, entity_id: str) -> str:
        return self._start(tenant, view) + joined(entity_id)


def _seconds(event_time: datetime | float) -> float:
    if not isinstance(event_time, datetime):
        return event_time
    if event_time.tzinfo is None:
        raise ValueError(f"{event_time} has no time zone: say which moment is meant, datetime.now(UTC) for instance")
    return event_time.timestamp()


def _microseconds(event_time: float) -> int:
    if not 0 < event_time < _LATEST:
        raise ValueError(f"an event time is seconds since 1970 up to the year 2255, not {event_time}")
    return round(event_time * 1e6)
