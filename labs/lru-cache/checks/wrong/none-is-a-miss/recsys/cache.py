"""None is computed again at every request."""

import time
from collections import OrderedDict

MISSING = object()


class LRUCache:
    def __init__(self, capacity, ttl=None, *, negative_ttl=None, jitter=0.0, clock=time.monotonic, seed=None):
        if capacity < 1 or not 0 <= jitter < 1:
            raise ValueError("impossible limits")
        for given in (ttl, negative_ttl):
            self._check(given)
        self.capacity, self.ttl, self._clock = capacity, ttl, clock
        self._entries = OrderedDict()

    def get(self, key, default=MISSING):
        value, deadline = self._entries.get(key, (MISSING, 0.0))
        if value is MISSING:
            return default
        if self._clock() >= deadline:
            del self._entries[key]
            return default
        self._entries.move_to_end(key)
        return value

    def put(self, key, value, ttl=None):
        self._check(ttl)
        ttl = self.ttl if ttl is None else ttl
        now = self._clock()
        deadline = float("inf") if ttl is None else now + ttl
        self._entries[key] = (value, deadline)
        self._entries.move_to_end(key)
        if len(self._entries) > self.capacity:
            self._drop_expired(now)
        while len(self._entries) > self.capacity:
            self._entries.popitem(last=False)

    def get_or_compute(self, key, compute, ttl=None):
        value = self.get(key, None)
        if value is None:
            value = compute()
            self.put(key, value, ttl)
        return value

    def delete(self, key):
        return self._entries.pop(key, None) is not None

    def delete_where(self, condition):
        return sum(self.delete(key) for key in list(self._entries) if condition(key))

    def clear(self):
        self._entries.clear()

    def __len__(self):
        self._drop_expired(self._clock())
        return len(self._entries)

    def _drop_expired(self, now):
        for key in [key for key, (_, deadline) in self._entries.items() if deadline <= now]:
            del self._entries[key]

    @staticmethod
    def _check(ttl):
        if ttl is not None and not ttl > 0:
            raise ValueError("a time to live is positive")
