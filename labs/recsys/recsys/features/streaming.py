"""Streaming features: counts over sliding windows, updated by each event, with late and repeated events told apart.

What: for each entity, how many events in the last hour, day, week. Time is cut into buckets of fixed length; an event
adds one to its bucket, a window is the sum of its last buckets: constant memory for an entity, whatever the traffic.

Events come late (a phone was offline) and twice (at-least-once delivery). The watermark trails the newest event time
seen by `lateness`: what is older than the watermark is refused and counted, for a backfill to pick up; what is newer
is added to the bucket where it belongs, even out of order. Ids of events above the watermark are remembered, so a
repeat is counted once.

The trade-offs: a window's edge is a bucket's edge, up to one bucket blurred; a row says what was true at the entity's
last event and does not sink while nothing happens (its age tells, its time to live ends it); more lateness means
fewer lost events and more memory. State lives in this process; after a crash, replay the event log from the longest
window back. Source: Akidau et al., The Dataflow Model, VLDB 2015.
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
        bucket = int(event.time // self.bucket)
        if event.time < self.watermark:
            return "late"
        if (event.tenant, event.id) in self._seen[bucket]:
            return "repeated"
        self._seen[bucket].add((event.tenant, event.id))
        key = (event.tenant, event.entity_id)
        self._counts[key][bucket] += 1
        self._newest_of[key] = max(event.time, self._newest_of.get(key, -np.inf))
        if event.time > self.newest:
            self.newest = event.time
            self._forget()
        return "accepted"

    def values(self, key: EntityKey, at: float) -> dict[str, int]:
        """Each window's count at time `at`: the bucket of `at` and those before it, as many as the window has."""
        current = int(at // self.bucket)
        counts = self._counts.get(key, Counter())
        return {
            name: sum(counts[bucket] for bucket in range(current - round(length / self.bucket) + 1, current + 1))
            for name, length in self.windows.items()
        }

    def newest_of(self, key: EntityKey) -> float:
        """Time of the entity's newest event."""
        return self._newest_of[key]

    def compact(self) -> int:
        """Forget buckets that no window can reach any more; how many entities are left. Run it every few minutes."""
        if not self._counts:
            return 0
        oldest = int((self.watermark - max(self.windows.values())) // self.bucket)
        for key in list(self._counts):
            counts = self._counts[key]
            for bucket in [bucket for bucket in counts if bucket < oldest]:
                del counts[bucket]
            if not counts:
                del self._counts[key], self._newest_of[key]
        return len(self._counts)

    def _forget(self) -> None:
        """Drop the ids of events that would be refused as late anyway."""
        oldest = int(self.watermark // self.bucket)
        for bucket in [bucket for bucket in self._seen if bucket < oldest]:
            del self._seen[bucket]


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
        outcomes: Counter[str] = Counter()
        touched: dict[EntityKey, None] = {}
        for event in events:
            outcome = self.counts.add(event)
            outcomes[outcome] += 1
            if outcome == "accepted":
                touched[event.tenant, event.entity_id] = None
        self._write(list(touched))
        return Ingested(outcomes["accepted"], outcomes["late"], outcomes["repeated"])

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
