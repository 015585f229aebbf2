"""Every caller that misses computes."""

import random
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

MISSING = object()


@dataclass(frozen=True)
class CacheStats:
    hits: int
    misses: int
    evictions: int
    expirations: int
    size: int
    capacity: int

    @property
    def hit_rate(self):
        lookups = self.hits + self.misses
        return self.hits / lookups if lookups else 0.0


class LRUCache:
    def __init__(self, capacity, ttl=None, *, negative_ttl=None, jitter=0.0, clock=time.monotonic, seed=None):
        if capacity < 1 or not 0 <= jitter < 1:
            raise ValueError("impossible limits")
        for given in (ttl, negative_ttl):
            self._check(given)
        self.capacity, self.ttl, self.negative_ttl, self.jitter = capacity, ttl, negative_ttl, jitter
        self._clock, self._random, self._lock = clock, random.Random(seed), threading.RLock()
        self._entries, self._flights = OrderedDict(), {}
        self._hits = self._misses = self._evictions = self._expirations = 0

    def get(self, key, default=MISSING):
        with self._lock:
            value, deadline = self._entries.get(key, (MISSING, 0.0))
            if value is MISSING or self._clock() >= deadline:
                if value is not MISSING:
                    del self._entries[key]
                    self._expirations += 1
                self._misses += 1
                return default
            self._entries.move_to_end(key)
            self._hits += 1
            return value

    def put(self, key, value, ttl=None):
        self._check(ttl)
        with self._lock:
            self._flights.pop(key, None)
            self._store(key, value, ttl)

    def get_or_compute(self, key, compute, ttl=None):
        value = self.get(key)
        if value is MISSING:
            value = compute()
            self.put(key, value, ttl)
        return value

    def delete(self, key):
        with self._lock:
            self._flights.pop(key, None)
            return self._entries.pop(key, None) is not None

    def delete_where(self, condition):
        with self._lock:
            doomed = [key for key in {**self._entries, **self._flights} if condition(key)]
            return sum([self.delete(key) for key in doomed])

    def clear(self):
        with self._lock:
            self._flights.clear()
            self._entries.clear()

    def __len__(self):
        return self.stats().size

    def stats(self):
        with self._lock:
            self._drop_expired(self._clock())
            counts = (self._hits, self._misses, self._evictions, self._expirations)
            return CacheStats(*counts, len(self._entries), self.capacity)

    def _store(self, key, value, ttl):
        now = self._clock()
        self._entries[key] = (value, now + self._lifetime(value, ttl))
        self._entries.move_to_end(key)
        if len(self._entries) > self.capacity:
            self._drop_expired(now)
        while len(self._entries) > self.capacity:
            self._entries.popitem(last=False)
            self._evictions += 1

    def _lifetime(self, value, ttl):
        if ttl is None:
            ttl = self.negative_ttl if value is None and self.negative_ttl else self.ttl
        return float("inf") if ttl is None else ttl * (1 - self.jitter * self._random.random())

    def _drop_expired(self, now):
        for key in [key for key, (_, deadline) in self._entries.items() if deadline <= now]:
            del self._entries[key]
            self._expirations += 1

    @staticmethod
    def _check(ttl):
        if ttl is not None and not ttl > 0:
            raise ValueError("a time to live is positive")
