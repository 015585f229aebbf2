"""The item-activity view counts what is used now, once, for its own tenant, whatever callers claim about the time."""

from __future__ import annotations

import redis

from recsys.activity import ItemActivity
from recsys.store import StoredEvent

NOW = 1_780_000_000.0


def used(item: str, times: int, tenant: str = "acme", at: float = NOW) -> list[StoredEvent]:
    return [StoredEvent(tenant, f"u{number}", item, "done", at - number) for number in range(times)]


def test_busy_items_come_first_and_unknown_ones_keep_their_order(store: redis.Redis) -> None:
    activity = ItemActivity(store, clock=lambda: NOW)
    activity.ingest(used("a", 1) + used("b", 3) + used("c", 9, tenant="globex"))
    assert activity.busiest_first("acme", ["x", "a", "c", "b", "y"]) == ["b", "a", "x", "c", "y"]
    assert activity.busiest_first("acme", []) == []


def test_a_repeated_event_counts_once_and_a_view_not_at_all(store: redis.Redis) -> None:
    activity = ItemActivity(store, clock=lambda: NOW)
    assert activity.ingest(used("a", 2)) == 2
    assert activity.ingest(used("a", 2)) == 0
    assert activity.ingest([StoredEvent("acme", "u", "b", "view", NOW)]) == 0


def test_an_event_from_the_future_does_not_make_the_others_late(store: redis.Redis) -> None:
    activity = ItemActivity(store, clock=lambda: NOW)
    assert activity.ingest(used("evil", 1, at=NOW + 1e9) + used("old", 1, at=1.0)) == 0
    assert activity.ingest(used("a", 2)) == 2
