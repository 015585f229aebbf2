"""The online store: the newest value of each feature in Redis, read in one round trip.

A row is one string, `prefix{tenant:view.id}:entity` -> 8 bytes of event time (microseconds, big-endian) and float32
values. Packed, a row of 20 features takes a third of the memory of a Redis hash, and 100 rows are one MGET and one
NumPy view instead of 100 replies.

- A late event never overwrites a newer one: the write is a Lua script, which Redis runs as one step, that compares
  event times. A correction for the same moment is accepted.
- A row expires `ttl` seconds after its event, not after its write, and `read` applies `FeatureView.is_fresh` again:
  the same rule as the point-in-time join, whatever a server with a lagging clock still holds. Stale values come back
  as NaN with their age.
- The tenant is part of every key, and names are quoted, so no tenant can spell its way into another's rows. The
  braces make one Redis Cluster slot of a tenant's view, without which MGET would have to be split.

The trade-off: packing needs the view to read a row, and one field cannot be updated alone.
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
local held = redis.call('GETRANGE', KEYS[1], 0, 7)
if #held == 8 then
  local time = 0
  for i = 1, 8 do time = time * 256 + string.byte(held, i) end
  if time > tonumber(ARGV[1]) then return 0 end
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
"""
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
                lifetime = round((event_time + view.ttl - now) * 1000)
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
        record = np.dtype([("time", ">i8"), ("values", "<f4", (len(view.names),))])
        start = self._start(tenant, view)
        replies: Any = self._redis.mget([start + joined(entity) for entity in entity_ids]) if entity_ids else []
        absent = bytes(record.itemsize)
        # A row of another length was not written by this view: as good as absent.
        whole = [reply if reply and len(reply) == record.itemsize else absent for reply in replies]
        rows = np.frombuffer(b"".join(whole), record)
        event_times = rows["time"].astype(np.float64) / 1e6
        ages = np.where(event_times > 0, self.clock() - event_times, np.nan)
        fresh = view.is_fresh(ages)
        values = np.where(fresh[:, None], rows["values"][:, columns], np.float32(np.nan))
        return FeatureRows(names, values, ages, fresh)

    def delete_tenant(self, tenant: str) -> int:
        """Erase every row of a tenant (a customer who leaves); how many."""
        erased = 0
        for key in self._redis.scan_iter(match=starting_with(f"{self.prefix}{{{joined(tenant, '')}"), count=_BATCH):
            erased += int(self._redis.unlink(key))
        return erased

    def _start(self, tenant: str, view: FeatureView) -> str:
        return f"{self.prefix}{{{joined(tenant, view.id)}}}:"

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
