"""Streaming features: counts over sliding windows, updated by each event, with late and repeated events told apart.

Yours to write: as it stands nothing is counted. Time is cut into buckets of fixed length, numbered from the epoch; an
event adds one to its bucket, a window is the sum of its last buckets. The watermark trails the newest event time seen by
`lateness`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from recsys.features.definitions import FeatureView
from recsys.features.online import OnlineStore

if TYPE_CHECKING:
    import pyarrow as pa

    from recsys.features.offline import OfflineStore

EntityKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to an entity of a tenant at `time` (seconds since the epoch)."""

    id: str
    tenant: str
    entity_id: str
    time: float


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of a batch of events."""

    accepted: int
    late: int
    repeated: int


class SlidingCounts:
    """Event counts of each entity over several windows that end now."""

    def __init__(self, windows: Mapping[str, float], bucket: float = 300.0, lateness: float = 3600.0) -> None:
        """Count over `windows` (name -> seconds, multiples of `bucket`); accept events up to `lateness` s late."""
        for name, length in windows.items():
            if length < bucket or length % bucket:
                raise ValueError(f"window {name!r} of {length} s is no multiple of the bucket of {bucket} s")
        self.windows, self.bucket, self.lateness = dict(windows), bucket, lateness
        self.newest = -np.inf
        self._counts: defaultdict[EntityKey, Counter[int]] = defaultdict(Counter)
        self._newest_of: dict[EntityKey, float] = {}
        self._seen: defaultdict[int, set[tuple[str, str]]] = defaultdict(set)

    @property
    def watermark(self) -> float:
        """Events before this time are too late."""
        return self.newest - self.lateness

    def add(self, event: Event) -> str:
        """Count one event: "accepted", "late" or "repeated"."""
        # step 7: what is older than the watermark is late; an id that was seen (of this tenant) is repeated; all else counts
        # in the bucket where it belongs, whenever it comes
        return "late"

    def values(self, key: EntityKey, at: float) -> dict[str, int]:
        """Each window's count at time `at`: the bucket of `at` and those before it, as many as the window has."""
        # step 7
        return dict.fromkeys(self.windows, 0)

    def newest_of(self, key: EntityKey) -> float:
        """Time of the entity's newest event."""
        return self._newest_of[key]

    def compact(self) -> int:
        """Forget buckets that no window can reach any more; how many entities are left. Run it every few minutes."""
        # step 7: a window may still be asked for as of the watermark
        return len(self._counts)

    def _forget(self) -> None:
        """Drop the ids of events that would be refused as late anyway."""
        # step 7
        pass


class StreamingView:
    """Keeps one view of counts up to date, online at once and offline for training."""

    def __init__(
        self, view: FeatureView, counts: SlidingCounts, online: OnlineStore, offline: OfflineStore | None = None
    ) -> None:
        """Raise ValueError where the view's features are not the windows counted."""
        if set(view.names) != set(counts.windows):
            raise ValueError(f"view {view.id} has {view.names}, the windows are {tuple(counts.windows)}")
        self.view, self.counts, self.online, self.offline = view, counts, online, offline

    def ingest(self, events: Iterable[Event]) -> Ingested:
        """Count events and write one row for each entity touched, dated by its newest event."""
        # step 7: count each event, then `_write` the entities that were touched, each once
        return Ingested(0, 0, 0)

    def _write(self, touched: list[EntityKey]) -> None:
        if not touched:
            return
        times = [self.counts.newest_of(key) for key in touched]
        counted = [self.counts.values(key, time) for key, time in zip(touched, times, strict=True)]
        rows = np.array([[values[name] for name in self.view.names] for values in counted], np.float32)
        for tenant in dict.fromkeys(tenant for tenant, _ in touched):
            mine = [index for index, key in enumerate(touched) if key[0] == tenant]
            entities = [touched[index][1] for index in mine]
            self.online.write_many(tenant, self.view, entities, rows[mine], [times[index] for index in mine])
        if self.offline is not None:
            written = datetime.fromtimestamp(self.online.clock(), UTC)
            self.offline.write(self.view, self._table(touched, times, rows), written)

    def _table(self, touched: list[EntityKey], times: list[float], rows: np.ndarray) -> pa.Table:
        import pyarrow as pa  # a second of imports that only a service which writes history pays

        from recsys.features.point_in_time import EVENT_TIME, TENANT

        columns = {name: rows[:, position] for position, name in enumerate(self.view.names)}
        moments = pa.array([round(time * 1e6) for time in times], pa.int64()).cast(pa.timestamp("us", "UTC"))
        tenants, entities = zip(*touched, strict=True)
        return pa.table({TENANT: tenants, self.view.entity: entities, EVENT_TIME: moments, **columns})
