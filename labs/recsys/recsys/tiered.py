"""Two levels of cache: L1 in this process, L2 in Redis, shared by every replica.

What: a lookup asks L1 (a microsecond), then L2 (a network round trip), then computes. Why both: L1 alone is diluted
over processes and empty after each deploy; L2 alone costs a round trip on every hit. Levels compound: with hit rates
a and b, 1 - (1 - a)(1 - b) hit.

The key names everything that the prediction depends on: tenant, user, model version, schema version, context. Leave
the model out and a deploy serves the old model's answers; leave the tenant out and one customer reads another's. With
the version in the key a promote needs no coordination: nobody asks for the old keys any more, and
`invalidate_version` only frees their memory.

Redis may die. Then every error is counted, a circuit breaker spares the requests the time-out, and the cache goes on
with L1. The trade-off: values travel as JSON (never pickle: whoever can write to Redis could run code), so they must
be JSON.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import redis as redis_client

from recsys.breaker import CircuitBreaker
from recsys.cache import MISSING, CacheStats, LRUCache
from recsys.keys import joined, starting_with

_PUT_ALL = """
for i = 1, #KEYS do redis.call('SET', KEYS[i], ARGV[i + 1], 'PX', ARGV[1]) end
"""
"""One command instead of one for each key: the client's work for a command is ten times that for an argument."""
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def prediction_key(
    tenant: str, user: str, model_version: str, schema_version: str, context: Mapping[str, Any] | str | None = None
) -> str:
    """`model:tenant:digest`: equal for equal inputs, different for different ones; user and context appear only as a
    digest.

    A context that is one string already costs a third of a mapping. Integral floats equal integers (1 and 1.0); a
    mapping's order does not matter. Raises TypeError for a context that is not JSON with string keys and ValueError for
    NaN or infinity, which equal nothing or compare strangely.
    """
    # Part by part: a lone string is encoded in one C call, a list would need an encoder of its own each time.
    payload = ",".join((_encode(user), _encode(schema_version), _encode(_canonical(context or {}))))
    digest = hashlib.blake2b(payload.encode(), digest_size=16).hexdigest()
    return f"{joined(model_version, tenant)}:{digest}"


@dataclass(frozen=True, slots=True)
class TieredStats:
    """L1's own snapshot, and what became of the lookups that went on to L2."""

    l1: CacheStats
    l2_hits: int
    l2_misses: int
    errors: int


class TieredCache:
    """L1 before L2, with the interface of `LRUCache`; a dead Redis degrades it to L1."""

    def __init__(
        self,
        l1: LRUCache,
        redis: redis_client.Redis,
        ttl: float = 300.0,
        prefix: str = "recsys:cache:",
        *,
        breaker: CircuitBreaker | None = None,
    ) -> None:
        """Keep values `ttl` seconds in L2, under `prefix`; the client should have short time-outs (50 ms, say)."""
        if not ttl > 0:
            raise ValueError(f"a time to live is a positive number of seconds, not {ttl}")
        self.l1, self.ttl, self.prefix = l1, ttl, prefix
        self._redis = redis
        self._put_all = redis.register_script(_PUT_ALL)
        self._breaker = breaker or CircuitBreaker("Redis")
        self._lock = threading.Lock()
        self._counts = {"l2_hits": 0, "l2_misses": 0, "errors": 0}

    def get(self, key: str, default: Any = MISSING) -> Any:
        """The value of `key` from L1 or else L2, which then fills L1; `default` where neither has it."""
        value = self.l1.get(key)
        if value is MISSING:
            value = self._read(key)
            if value is MISSING:
                return default
            self.l1.put(key, value, self._l1_ttl(None))
        return value

    def put(self, key: str, value: Any, ttl: float | None = None) -> None:
        """Store a JSON value in both levels. Raises TypeError where it is not JSON."""
        self._write(key, value, ttl)
        self.l1.put(key, value, self._l1_ttl(ttl))

    def get_or_compute(self, key: str, compute: Callable[[], Any], ttl: float | None = None) -> Any:
        """The value of `key`, computed and stored in both levels where neither has it; once per process at a time."""

        def fill() -> Any:
            value = self._read(key)
            if value is MISSING:
                value = compute()
                self._write(key, value, ttl)
            return value

        return self.l1.get_or_compute(key, fill, self._l1_ttl(ttl))

    def get_many(self, keys: Sequence[str]) -> dict[str, Any]:
        """What either level has of `keys`; those that L1 lacks are asked of L2 in one round trip."""
        found = {key: value for key in keys if (value := self.l1.get(key)) is not MISSING}
        absent = [key for key in dict.fromkeys(keys) if key not in found]
        replies = self._guarded(lambda: self._redis.mget([self.prefix + key for key in absent])) if absent else None
        there = {key: reply for key, reply in zip(absent, replies or (), strict=False) if reply is not None}
        self._count("l2_misses", len(absent) - len(there))
        for key, reply in there.items():
            if (value := self._decoded(reply)) is not MISSING:
                found[key] = value
                self.l1.put(key, value, self._l1_ttl(None))
        return found

    def put_many(self, values: Mapping[str, Any]) -> None:
        """Store JSON values in both levels, in one round trip. Raises TypeError where one is not JSON."""
        self.share_many(values)
        for key, value in values.items():
            self.l1.put(key, value, self._l1_ttl(None))

    def share_many(self, values: Mapping[str, Any]) -> None:
        """Store JSON values, which L1 has already, in L2, in one round trip. Raises TypeError where one is not JSON."""
        if values:
            names, milliseconds = [self.prefix + key for key in values], max(1, round(self.ttl * 1000))
            encoded = [_as_json(value) for value in values.values()]
            self._guarded(lambda: self._put_all(keys=names, args=[milliseconds, *encoded]))

    def delete(self, key: str) -> None:
        """Forget `key` in this process and in Redis; other processes keep theirs until L1's time to live ends."""
        self.l1.delete(key)
        self._guarded(lambda: self._redis.unlink(self.prefix + key))

    def invalidate_version(self, model_version: str) -> int:
        """Free what a retired model left in both levels; how many entries went. SCAN, for KEYS would block Redis."""
        start = joined(model_version, "")
        removed = self.l1.delete_where(lambda key: isinstance(key, str) and key.startswith(start))
        pattern = starting_with(self.prefix + start)

        def sweep() -> int:
            unlinked, batch = 0, []
            for name in self._redis.scan_iter(match=pattern, count=500):
                batch.append(name)
                if len(batch) == 500:
                    unlinked += int(self._redis.unlink(*batch))
                    batch = []
            return unlinked + (int(self._redis.unlink(*batch)) if batch else 0)

        return removed + (self._guarded(sweep) or 0)

    def stats(self) -> TieredStats:
        """Counts since the start; `errors` are failed or refused calls to Redis and values that could not be read."""
        with self._lock:
            return TieredStats(self.l1.stats(), **self._counts)

    def _read(self, key: str) -> Any:
        """What L2 has, or MISSING."""
        return self._decoded(self._guarded(lambda: self._redis.get(self.prefix + key)))

    def _decoded(self, reply: bytes | None) -> Any:
        try:
            value = MISSING if reply is None else json.loads(reply)
        except ValueError:  # written by something else, or damaged
            self._count("errors")
            value = MISSING
        self._count("l2_misses" if value is MISSING else "l2_hits")
        return value

    def _write(self, key: str, value: Any, ttl: float | None) -> None:
        encoded = _as_json(value)
        if ttl is None:
            ttl = self.l1.negative_ttl if value is None and self.l1.negative_ttl else self.ttl
        milliseconds = max(1, round(ttl * 1000))
        self._guarded(lambda: self._redis.set(self.prefix + key, encoded, px=milliseconds))

    def _l1_ttl(self, ttl: float | None) -> float | None:
        """L1's own rules, unless an entry is to live shorter than they say."""
        bound = self.ttl if ttl is None else ttl
        return None if self.l1.ttl is not None and self.l1.ttl <= bound else bound

    def _guarded(self, call: Callable[[], Any]) -> Any:
        """What a call to Redis returns, None where it fails or the breaker refuses it."""
        if not self._breaker.allow():
            self._count("errors")
            return None
        try:
            reply = call()
        except redis_client.RedisError:
            self._breaker.record(ok=False)
            self._count("errors")
            return None
        self._breaker.record(ok=True)
        return reply

    def _count(self, name: str, times: int = 1) -> None:
        with self._lock:
            self._counts[name] += times


def _as_json(value: Any) -> str | bytes:
    """A text by msgspec, in a quarter of the time; the rest by the encoder that refuses what is not JSON."""
    return msgspec.json.encode(value) if type(value) is str else json.dumps(value, separators=(",", ":"))


def _canonical(value: Any) -> Any:
    """`value` with NumPy scalars unwrapped and integral floats as integers, so that equal contexts have equal JSON."""
    if type(value) is str:
        return value
    if isinstance(value, Mapping):
        if not all(isinstance(name, str) for name in value):
            raise TypeError("a context's names are strings: 1 and '1' would share a key")
        return {name: _canonical(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_canonical(part) for part in value]
    if hasattr(value, "item"):
        value = value.item()
    return int(value) if isinstance(value, float) and value.is_integer() else value
