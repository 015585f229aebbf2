"""How much each item is used just now: the feature view that orders items which no model knows yet.

Counted from the events as they are ingested, kept in the online feature store for all replicas to read. A timestamp far
from now is not counted: one caller's event from the year 2090 would make everybody else's come too late.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence

import numpy as np
import redis

from recsys.features import Event, Feature, FeatureView, OnlineStore, SlidingCounts, StreamingView
from recsys.store import StoredEvent

HOUR, DAY = 3600.0, 86_400.0
EARLY, LATE = 300.0, HOUR
"""Seconds that an event may be dated into the future, or arrive late."""
ITEM_ACTIVITY = FeatureView(
    name="item_activity",
    entity="item",
    features=(Feature("uses_1h", "real uses in the last hour"), Feature("uses_1d", "real uses in the last day")),
    ttl=7 * DAY,
    owner="recommendations",
    source="events as they are acknowledged",
)


class ItemActivity:
    """Writes and reads the view; one writer a replica, so a count is what that replica has seen."""

    def __init__(self, client: redis.Redis, *, clock: Callable[[], float] = time.time) -> None:
        """Keep rows in the store behind `client`; `clock` gives seconds since the epoch."""
        self._online, self._clock = OnlineStore(client, clock=clock), clock
        self._view = StreamingView(ITEM_ACTIVITY, SlidingCounts({"uses_1h": HOUR, "uses_1d": DAY}), self._online)

    def ingest(self, events: Iterable[StoredEvent]) -> int:
        """Count real uses; how many counted. Raises redis.RedisError; an event that comes again is counted once."""
        now = self._clock()
        uses = [event for event in events if event.event in ("open", "done") and -LATE < event.timestamp - now < EARLY]
        named = [Event("|".join(map(str, event)), event.tenant, event.item, event.timestamp) for event in uses]
        return self._view.ingest(named).accepted

    def busiest_first(self, tenant: str, items: Sequence[str]) -> list[str]:
        """`items` by uses in the last hour, then in the last day, then as they came. Raises redis.RedisError."""
        rows = self._online.read(tenant, ITEM_ACTIVITY, items)
        hour, day = np.nan_to_num(rows.values).T if len(items) else (np.zeros(0), np.zeros(0))
        return [items[row] for row in np.lexsort((-day, -hour)).tolist()]
