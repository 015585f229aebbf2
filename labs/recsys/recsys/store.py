"""Histories of users and recent items of tenants in Redis, applied from the journal and read in one round trip.

A history is a sorted set: member `event|item`, score the event's time. Adding is idempotent and a late event never
replaces a newer one, so applying a journal twice changes nothing. How far a journal has been applied is written in the
transaction that applies it: a Redis that lost its data has lost that too, and is filled again from the start.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import redis

from recsys.history import Interaction
from recsys.journal import START, Position
from recsys.keys import joined

HISTORY_LENGTH = 1000
RECENT_ITEMS = 500


class StoredEvent(NamedTuple):
    """One acknowledged event; `timestamp` in seconds since the epoch."""

    tenant: str
    user: str
    item: str
    event: str
    timestamp: float


class EventStore:
    """What users did, by tenant; every method raises redis.RedisError where the store does not answer."""

    def __init__(self, client: redis.Redis, prefix: str = "recsys:") -> None:
        """Keep everything under `prefix`; `client` replies in bytes."""
        self._redis = client
        self._prefix = prefix

    def histories(self, tenant: str, users: Sequence[str]) -> list[list[Interaction]]:
        """Each user's interactions, newest first; empty for a user who is not known."""
        pipeline = self._redis.pipeline(transaction=False)
        for user in users:
            pipeline.zrevrange(self._history(tenant, user), 0, HISTORY_LENGTH - 1)
        return [_interactions(members) for members in pipeline.execute()]

    def recent_items(self, tenant: str) -> list[str]:
        """The items that were used last in a tenant, the newest first."""
        items: Any = self._redis.zrevrange(self._recent(tenant), 0, RECENT_ITEMS - 1)
        return [item.decode() for item in items]

    def apply(self, events: Iterable[StoredEvent], journal: str, position: Position) -> None:
        """Add events and remember, in the same transaction, that `journal` is applied up to `position`."""
        pipeline = self._redis.pipeline(transaction=True)
        users, tenants = set(), set()
        for event in events:
            users.add(history := self._history(event.tenant, event.user))
            pipeline.zadd(history, {f"{event.event}|{event.item}": event.timestamp}, gt=True)
            if event.event != "dismiss":
                tenants.add(recent := self._recent(event.tenant))
                pipeline.zadd(recent, {event.item: event.timestamp}, gt=True)
        for key in users:
            pipeline.zremrangebyrank(key, 0, -HISTORY_LENGTH - 1)
        for key in tenants:
            pipeline.zremrangebyrank(key, 0, -RECENT_ITEMS - 1)
        pipeline.set(self._applied(journal), f"{position.segment}:{position.offset}")
        pipeline.execute()

    def applied(self, journal: str) -> Position:
        """How far `journal` has been applied; START for a store that has nothing of it."""
        reply: Any = self._redis.get(self._applied(journal))
        return Position(*map(int, reply.split(b":"))) if reply else START

    def seed(self, tenant: str, histories: Mapping[str, Sequence[tuple[str, str, float]]], fingerprint: str) -> None:
        """Add histories from training data: (item, event, timestamp) by user; then remember `fingerprint`."""
        pipeline = self._redis.pipeline(transaction=False)
        for user, interactions in histories.items():
            newest = sorted(interactions, key=lambda one: one[2])[-HISTORY_LENGTH:]
            members = {f"{event}|{item}": timestamp for item, event, timestamp in newest}
            pipeline.zadd(self._history(tenant, user), members, gt=True)
            if len(pipeline) >= 500:
                pipeline.execute()
        pipeline.set(self._seeded(tenant), fingerprint)
        pipeline.execute()

    def seeded(self, tenant: str) -> str | None:
        """The fingerprint of the data that a tenant's histories were seeded from."""
        reply: Any = self._redis.get(self._seeded(tenant))
        return reply.decode() if reply else None

    def knows(self, tenant: str) -> bool:
        """Whether there is anything of a tenant: events that were applied, or histories that were seeded."""
        found: Any = self._redis.exists(self._recent(tenant), self._seeded(tenant))
        return bool(found)

    def _history(self, tenant: str, user: str) -> str:
        return f"{self._prefix}history:{joined(tenant, user)}"

    def _recent(self, tenant: str) -> str:
        return f"{self._prefix}recent:{joined(tenant)}"

    def _seeded(self, tenant: str) -> str:
        return f"{self._prefix}seeded:{joined(tenant)}"

    def _applied(self, journal: str) -> str:
        return f"{self._prefix}applied:{joined(journal)}"


def _interactions(members: Sequence[bytes]) -> list[Interaction]:
    """Members `event|item` as interactions; cut in one piece, for a history has hundreds."""
    if not members:
        return []
    text = b"\n".join(members).decode()
    parts = text.replace("|", "\n").split("\n")
    if len(parts) == 2 * len(members):
        return list(zip(parts[1::2], parts[::2], strict=True))
    separated = [member.partition("|") for member in text.split("\n")]  # an item with a bar of its own
    return [(item, event) for event, _, item in separated]
