"""An LRU cache with expiry, safe under threads, that computes each missing value once.

What: the most recently used `capacity` entries, each for at most `ttl` seconds. Why: a recommendation costs
milliseconds and is asked for again within seconds; a hit costs well under a microsecond. What each part is for:

- monotonic clock: a wall clock set back serves expired entries, set forward empties the cache;
- `MISSING`: a sentinel, so that None ("we looked, there is nothing") can be cached, with its own `negative_ttl`;
- jitter: entries written together would expire together and hit the model together; each lives ttl * (1 - jitter .. 1);
- single-flight: concurrent misses of one key run `compute` once (Go's singleflight), so an expiring hot key is no
  stampede;
- expired entries leave first: a live entry is never evicted while a dead one holds its place.

The hit path takes no lock. It is a chain of C operations on an OrderedDict (look up, move to end) and on
`itertools.count` (the statistics), each atomic under the GIL as long as hashing and comparing a key runs no Python
code: hence keys are str, bytes, numbers, None or tuples of these, and `put` refuses others. Whatever changes the
structure takes the lock. On a free-threaded build `get` takes the lock too.

The trade-off: values are shared, not copied, so store immutable ones. Each process has its own cache: with P
processes the hit rate is diluted, which is what the second level in `recsys.tiered` is for.
"""

from __future__ import annotations

import math
import random
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import wraps
from heapq import heapify, heappop, heappush
from itertools import count
from typing import Any, Final, TypeVar

MISSING: Final[Any] = type("Missing", (), {"__repr__": lambda self: "MISSING", "__bool__": lambda self: False})()
"""What `get` returns where there is no entry; None is a value like any other."""

_HASHED_IN_C: Final = frozenset({str, bytes, int, float, bool, type(None)})
_Method = TypeVar("_Method", bound=Callable[..., Any])


def _locked_without_gil(method: _Method) -> _Method:
    """Leave a method as it is where the GIL makes its steps atomic; serialise it where there is no GIL."""
    if getattr(sys, "_is_gil_enabled", lambda: True)():
        return method

    @wraps(method)
    def locked(self: LRUCache, *args: Any, **kwargs: Any) -> Any:
        with self._lock:
            return method(self, *args, **kwargs)

    return locked  # type: ignore[return-value]


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


class _Flight(Future[Any]):
    """One running computation, which the other callers of its key wait for."""

    def __init__(self) -> None:
        super().__init__()
        self.owner = threading.get_ident()


class LRUCache:
    """Least-recently-used cache with expiry and single-flight; see the module's docstring for what it promises."""

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
        if capacity < 1:
            raise ValueError(f"capacity must be at least 1, not {capacity}")
        if not 0 <= jitter < 1:
            raise ValueError(f"jitter is a fraction in [0, 1), not {jitter}")
        self.capacity = capacity
        self.ttl = _checked_ttl(ttl)
        self.negative_ttl = _checked_ttl(negative_ttl)
        self.jitter = jitter
        self._clock = clock
        self._random = random.Random(seed)
        self._lock = threading.RLock()
        self._entries: OrderedDict[Hashable, tuple[Any, float]] = OrderedDict()
        self._deadlines: list[tuple[float, int, Hashable]] = []
        self._flights: dict[Hashable, _Flight] = {}
        self._hits, self._misses, self._sequence = count(), count(), count()
        self._evictions = self._expirations = self._readings = 0
        self._touch = self._entries.move_to_end

    @_locked_without_gil
    def get(self, key: Hashable, default: Any = MISSING) -> Any:
        """The value of `key`, which becomes the most recently used, or `default` where there is none that lives."""
        try:
            value, deadline = self._entries[key]
            if self._clock() < deadline:
                self._touch(key)
                next(self._hits)
                return value
        except KeyError:  # absent, or evicted by another thread between the two steps
            pass
        else:
            self._expire(key)
        next(self._misses)
        return default

    def put(self, key: Hashable, value: Any, ttl: float | None = None) -> None:
        """Store `value` as the most recently used entry, for `ttl` seconds instead of the cache's own time to live.

        Raises TypeError for a key that is not str, bytes, a number, None or a tuple of these, ValueError for a ttl <=
        0.
        """
        _check_key(key)
        _checked_ttl(ttl)
        with self._lock:
            self._flights.pop(key, None)
            self._store(key, value, ttl)

    def get_or_compute(self, key: Hashable, compute: Callable[[], Any], ttl: float | None = None) -> Any:
        """The value of `key`, computed by one caller while the others wait for it; `compute` needs its own time-out.

        What `compute` raises reaches every waiter and is not cached. A value whose key is put, deleted or cleared
        while it is being computed is returned but not stored: it may already be out of date. Raises RuntimeError
        where `compute` asks for its own key.
        """
        value = self.get(key)
        if value is not MISSING:
            return value
        _check_key(key)
        with self._lock:
            value, deadline = self._entries.get(key, (MISSING, math.inf))
            if value is not MISSING and self._clock() < deadline:  # stored since the lookup
                return value
            flight = self._flights.get(key)
            if mine := flight is None:
                flight = self._flights[key] = _Flight()
        if mine:
            return self._lead(key, flight, compute, ttl)
        if flight.owner == threading.get_ident() and not flight.done():
            raise RuntimeError(f"computing {key!r} asks the cache for {key!r} again, which would wait for itself")
        return flight.result()

    def delete(self, key: Hashable) -> bool:
        """Forget `key`; whether it was there."""
        with self._lock:
            self._flights.pop(key, None)
            return self._entries.pop(key, None) is not None

    def delete_where(self, condition: Callable[[Any], bool]) -> int:
        """Forget every key that fulfils `condition`, in time proportional to the size; how many there were."""
        with self._lock:
            for key in [key for key in self._flights if condition(key)]:
                del self._flights[key]
            doomed = [key for key in self._entries if condition(key)]
            for key in doomed:
                del self._entries[key]
            return len(doomed)

    def clear(self) -> None:
        """Forget every entry; the statistics go on."""
        with self._lock:
            self._flights.clear()
            self._deadlines.clear()
            self._entries.clear()

    def __len__(self) -> int:
        """Entries that are alive now."""
        with self._lock:
            self._purge(self._clock())
            return len(self._entries)

    def stats(self) -> CacheStats:
        """One consistent snapshot of all counters."""
        with self._lock:
            self._purge(self._clock())
            # One C call reads both counters, so no lookup falls between them; a reading itself advances them by one.
            hits, misses = tuple(map(next, (self._hits, self._misses)))
            readings, self._readings = self._readings, self._readings + 1
            size = len(self._entries)
            return CacheStats(
                hits - readings, misses - readings, self._evictions, self._expirations, size, self.capacity
            )

    def _lead(self, key: Hashable, flight: _Flight, compute: Callable[[], Any], ttl: float | None) -> Any:
        """Compute the value on behalf of everyone who waits for it."""
        try:
            value = compute()
        except BaseException as error:
            self._land(key, flight)
            flight.set_exception(error)
            raise
        with self._lock:
            if self._land(key, flight):
                self._store(key, value, ttl)
        flight.set_result(value)
        return value

    def _land(self, key: Hashable, flight: _Flight) -> bool:
        """Take a finished flight from the board; False where a put or a delete has already done so."""
        with self._lock:
            current = self._flights.get(key) is flight
            if current:
                del self._flights[key]
            return current

    def _store(self, key: Hashable, value: Any, ttl: float | None) -> None:
        now = self._clock()
        deadline = now + self._lifetime(value, ttl)
        replaced = self._entries.get(key)  # kept alive until the end: its destructor may run Python code
        self._entries[key] = (value, deadline)
        self._touch(key)
        if deadline < math.inf:
            heappush(self._deadlines, (deadline, next(self._sequence), key))
        if len(self._entries) > self.capacity:
            self._make_room(now)
        if len(self._deadlines) > 2 * self.capacity + 64:
            self._compact()
        del replaced

    def _lifetime(self, value: Any, ttl: float | None) -> float:
        if ttl is None:
            ttl = self.negative_ttl if value is None and self.negative_ttl is not None else self.ttl
        return math.inf if ttl is None else ttl * (1.0 - self.jitter * self._random.random())

    def _make_room(self, now: float) -> None:
        self._purge(now)
        while len(self._entries) > self.capacity:
            self._entries.popitem(last=False)
            self._evictions += 1

    def _purge(self, now: float) -> None:
        """Drop what has expired: O(log n) an entry, found through the heap of deadlines."""
        while self._deadlines and self._deadlines[0][0] <= now:
            deadline, _, key = heappop(self._deadlines)
            entry = self._entries.get(key)
            if entry is not None and entry[1] == deadline:
                del self._entries[key]
                self._expirations += 1

    def _expire(self, key: Hashable) -> None:
        with self._lock:
            entry = self._entries.get(key)
            if entry is not None and entry[1] <= self._clock():
                del self._entries[key]
                self._expirations += 1

    def _compact(self) -> None:
        """Forget the deadlines of replaced and deleted entries: the heap stays within twice the capacity."""
        current = [(deadline, key) for key, (_, deadline) in self._entries.items() if deadline < math.inf]
        self._deadlines = [(deadline, next(self._sequence), key) for deadline, key in current]
        heapify(self._deadlines)


def _checked_ttl(ttl: float | None) -> float | None:
    if ttl is not None and not ttl > 0:
        raise ValueError(f"a time to live is a positive number of seconds, not {ttl}")
    return ttl


def _check_key(key: Hashable) -> None:
    if type(key) in _HASHED_IN_C:
        return
    if type(key) is not tuple:
        raise TypeError(f"a cache key is str, bytes, a number, None or a tuple of these, not {type(key).__name__}")
    for part in key:
        _check_key(part)
