"""Histories of users and recent items of tenants in Redis, applied from the journal and read in one round trip.

A history is a sorted set: member `event|item`, score the event's time. Adding is idempotent and a late event never
replaces a newer one, so applying a journal twice changes nothing. How far a journal has been applied is written in the
transaction that applies it: a Redis that lost its data has lost that too, and is filled again from the start.

Beside each set lies the same as one string, newest first, written in the same transaction, for a history is read much
oftener than it changes: 64 of 70 interactions are one MGET, in a thirtieth of the time that Redis and client need for
64 sorted sets. A string that was read before is not taken apart again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import redis
from redis.client import Pipeline

from recsys.history import Interaction, Interactions
from recsys.journal import START, Position
from recsys.keys import joined

HISTORY_LENGTH = 1000
RECENT_ITEMS = 500
LAYOUT = "2"
"""Changes when what is read is written in another way: a store of another layout is filled again."""
_PACK = """
for i = 1, #KEYS, 2 do
  redis.call('ZREMRANGEBYRANK', KEYS[i], 0, ARGV[1])
  redis.call('SET', KEYS[i + 1], table.concat(redis.call('ZREVRANGE', KEYS[i], 0, -1), '\\n'))
end
"""
PACKED_AT_ONCE = 500
"""Histories that one script packs: Redis does nothing else meanwhile."""


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
        packed: Any = self._redis.mget([self._packed(tenant, user) for user in users]) if users else []
        return [_interactions(one) if one else [] for one in packed]

    def recent_items(self, tenant: str) -> list[str]:
        """The items that were used last in a tenant, the newest first."""
        items: Any = self._redis.zrevrange(self._recent(tenant), 0, RECENT_ITEMS - 1)
        return [item.decode() for item in items]

    def apply(self, events: Iterable[StoredEvent], journal: str, position: Position) -> None:
        """Add events and remember, in the same transaction, that `journal` is applied up to `position`."""
        pipeline = self._redis.pipeline(transaction=True)
        users, tenants = set(), set()
        for event in events:
            users.add((event.tenant, event.user))
            pipeline.zadd(
                self._history(event.tenant, event.user), {f"{event.event}|{event.item}": event.timestamp}, gt=True
            )
            if event.event != "dismiss":
                tenants.add(recent := self._recent(event.tenant))
                pipeline.zadd(recent, {event.item: event.timestamp}, gt=True)
        self._pack(pipeline, users)
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
        for number, (user, interactions) in enumerate(histories.items(), 1):
            newest = sorted(interactions, key=lambda one: one[2])[-HISTORY_LENGTH:]
            members = {f"{event}|{item}": timestamp for item, event, timestamp in newest}
            pipeline.zadd(self._history(tenant, user), members, gt=True)
            if number % PACKED_AT_ONCE == 0:
                pipeline.execute()
        self._pack(pipeline, [(tenant, user) for user in histories])
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

    def _pack(self, pipeline: Pipeline, users: Iterable[tuple[str, str]]) -> None:
        """Bound the histories of `users` (tenant, user) and write them as strings, after what `pipeline` has already.

        The script is sent whole: one that has to be known already could fail, alone, in the middle of a transaction.
        """
        keys = [key for user in users for key in (self._history(*user), self._packed(*user))]
        for start in range(0, len(keys), 2 * PACKED_AT_ONCE):
            some = keys[start : start + 2 * PACKED_AT_ONCE]
            pipeline.eval(_PACK, len(some), *some, -HISTORY_LENGTH - 1)

    def _packed(self, tenant: str, user: str) -> str:
        return f"{self._prefix}packed:{joined(tenant, user)}"

    def _history(self, tenant: str, user: str) -> str:
        return f"{self._prefix}history:{joined(tenant, user)}"

    def _recent(self, tenant: str) -> str:
        return f"{self._prefix}recent:{joined(tenant)}"

    def _seeded(self, tenant: str) -> str:
        return f"{self._prefix}seeded:{LAYOUT}:{joined(tenant)}"

    def _applied(self, journal: str) -> str:
        return f"{self._prefix}applied:{LAYOUT}:{joined(journal)}"


@lru_cache(2048)
def _interactions(packed: bytes) -> Interactions:
    """A packed history taken apart; known by its content, so that what is remembered is never out of date."""
    return Interactions(map(_interaction, packed.decode().split("\n")))


@lru_cache(65_536)
def _interaction(member: str) -> Interaction:
    event, _, item = member.partition("|")
    return item, event
