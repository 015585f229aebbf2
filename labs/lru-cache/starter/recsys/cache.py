"""An LRU cache with expiry, safe under threads, that computes each missing value once: yours to write.

As it stands it remembers nothing: every lookup is a miss, every value is computed anew, and the service runs on it.
The public names and signatures are what the rest of the service relies on. What begins with an underscore is a
suggestion, parts that are worth a name of their own: use them, change them, or throw them away.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

MISSING: Final[Any] = type("Missing", (), {"__repr__": lambda self: "MISSING", "__bool__": lambda self: False})()
"""What `get` returns where there is no entry; None is a value like any other."""

_Method = TypeVar("_Method", bound=Callable[..., Any])


def _locked_without_gil(method: _Method) -> _Method:
    """A decorator for what is atomic only under the GIL."""
    # step 8: where Python was built without a GIL, take the lock around the method
    return method


@dataclass(frozen=True, slots=True)
class CacheStats:
    """Counts since the start, taken at one instant: every finished lookup is in exactly one of `hits` and `misses`."""

    hits: int
    misses: int
    evictions: int
    expirations: int
    size: int
    capacity: int

    @property
    def hit_rate(self) -> float:
        """Hits per lookup, 0.0 before the first lookup."""
        lookups = self.hits + self.misses
        return self.hits / lookups if lookups else 0.0


class LRUCache:
    """Least-recently-used cache with expiry and single-flight."""

    def __init__(
        self,
        capacity: int,
        ttl: float | None = None,
        *,
        negative_ttl: float | None = None,
        jitter: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
        seed: int | None = None,
    ) -> None:
        """Hold `capacity` entries for `ttl` seconds (None: until evicted), those whose value is None for
        `negative_ttl`.

        Raises ValueError for a capacity below 1, a time to live that is not positive, or a jitter outside [0, 1).
        """
        # step 1: what holds the entries and the order of their use?
        # step 2: refuse limits that cannot be
        # step 5: the counters; step 6: the computations that are under way; step 8: counters that need no lock
        self.capacity = capacity
        self.ttl = ttl
        self.negative_ttl = negative_ttl
        self.jitter = jitter
        self._clock = clock
        self._random = random.Random(seed)
        self._lock = threading.RLock()

    def get(self, key: Hashable, default: Any = MISSING) -> Any:
        """The value of `key`, which becomes the most recently used, or `default` where there is none that lives."""
        # step 1: find it and make it the most recently used
        # step 3: an entry at or past its deadline is a miss, and leaves
        # step 5: count, so that no thread's count is lost; step 8: a hit without waiting for a lock
        return default

    def put(self, key: Hashable, value: Any, ttl: float | None = None) -> None:
        """Store `value` as the most recently used entry, for `ttl` seconds instead of the cache's own time to live.

        Raises ValueError for a ttl <= 0.
        """
        # step 1: store it; step 2: refuse a ttl that is not positive; step 6: it wins over a running computation
        self._store(key, value, ttl)

    def get_or_compute(self, key: Hashable, compute: Callable[[], Any], ttl: float | None = None) -> Any:
        """The value of `key`, computed by one caller while the others wait for it.

        What `compute` raises reaches every waiter and is not cached. A value whose key is put, deleted or cleared
        while it is being computed is returned but not stored: it may already be out of date.
        """
        # step 4: look first, and keep what was computed, None too
        # step 6: one caller computes, without the lock; the others wait for the result
        return compute()

    def delete(self, key: Hashable) -> bool:
        """Forget `key`; whether it was there."""
        # step 2; step 6: a computation of this key that is under way is out of date
        return False

    def delete_where(self, condition: Callable[[Any], bool]) -> int:
        """Forget every key that fulfils `condition`; how many there were."""
        # step 2; step 6 as in delete
        return 0

    def clear(self) -> None:
        """Forget every entry; the statistics go on."""
        # step 2; step 6 as in delete
        pass

    def __len__(self) -> int:
        """Entries that are alive now."""
        # step 1: how many there are; step 3: those that have expired do not count
        return 0

    def stats(self) -> CacheStats:
        """One consistent snapshot of all counters."""
        # step 5: all counts of one and the same instant; step 8: also where the counters need no lock
        return CacheStats(hits=0, misses=0, evictions=0, expirations=0, size=0, capacity=self.capacity)

    def _lead(self, key: Hashable, flight: Any, compute: Callable[[], Any], ttl: float | None) -> Any:
        """Compute the value on behalf of everyone who waits for it."""
        # step 6: outside the lock; whatever happens, those who wait are told
        pass

    def _land(self, key: Hashable, flight: Any) -> bool:
        """Take a finished flight from the board; False where a put or a delete has already done so."""
        # step 6
        return False

    def _store(self, key: Hashable, value: Any, ttl: float | None) -> None:
        """Put the entry in its place as the newest, and make room if there is one too many."""
        # step 1: the value; step 3: and its deadline
        pass

    def _lifetime(self, value: Any, ttl: float | None) -> float:
        """Seconds that an entry lives, infinite where nothing limits it."""
        # step 3: the entry's own ttl, or the cache's; step 4: None has its own; step 7: shortened by chance
        return float("inf")

    def _make_room(self, now: float) -> None:
        """Let entries leave until there are no more than `capacity`."""
        # step 1: the least recently used leaves; step 3: but what has expired leaves first; step 5: count
        pass

    def _purge(self, now: float) -> None:
        """Drop every entry that has expired."""
        # step 3; step 5: count
        pass

    def _expire(self, key: Hashable) -> None:
        """Drop one entry, if it is still there and has expired."""
        # step 3; step 5: count
        pass


def _checked_ttl(ttl: float | None) -> float | None:
    """The time to live, if it is one. Raises ValueError."""
    # step 2: None or positive
    return ttl
