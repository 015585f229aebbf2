"""Cache hits a second against an OrderedDict behind a lock and cachetools' TTLCache behind an RLock, in one run.

The peers get what the labs' texts start from: the wall clock, one lock around everything. Ratios above 1 mean that
ours is faster. Each thread runs for many switch intervals of the interpreter (5 ms), or they would not meet.
"""

import statistics
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cachetools import TTLCache

sys.path.insert(0, str(Path(__file__).parents[2] / "labs" / "recsys"))

from recsys.cache import LRUCache

KEYS = [f"tenant:user-{number}" for number in range(1000)]
ROUNDS = 5


class PlainCache:
    """The textbook design: an OrderedDict, a lock, the wall clock."""

    def __init__(self, capacity: int, ttl: float) -> None:
        self.capacity, self.ttl = capacity, ttl
        self.entries: OrderedDict[str, tuple[Any, float]] = OrderedDict()
        self.lock = threading.Lock()
        self.hits = self.misses = 0

    def get(self, key: str) -> Any:
        """The value, or None."""
        with self.lock:
            if key not in self.entries:
                self.misses += 1
                return None
            value, stored = self.entries[key]
            if time.time() - stored > self.ttl:
                del self.entries[key]
                self.misses += 1
                return None
            self.entries.move_to_end(key)
            self.hits += 1
            return value

    def put(self, key: str, value: Any) -> None:
        """Store, evicting the least recently used."""
        with self.lock:
            self.entries[key] = (value, time.time())
            self.entries.move_to_end(key)
            if len(self.entries) > self.capacity:
                self.entries.popitem(last=False)


class LockedTTLCache:
    """cachetools' TTLCache, which its documentation says to lock."""

    def __init__(self, capacity: int, ttl: float) -> None:
        self.entries: TTLCache[str, Any] = TTLCache(capacity, ttl)
        self.lock = threading.RLock()

    def get(self, key: str) -> Any:
        """The value, or None."""
        with self.lock:
            return self.entries.get(key)

    def put(self, key: str, value: Any) -> None:
        """Store."""
        with self.lock:
            self.entries[key] = value


def hits_a_second(cache: Any, threads: int, sweeps: int) -> float:
    """Throughput of `threads` threads that each read every key `sweeps` times."""
    for key in KEYS:
        cache.put(key, key)
    start = threading.Barrier(threads + 1)

    def sweep() -> None:
        get = cache.get
        start.wait()
        for _ in range(sweeps):
            for key in KEYS:
                get(key)

    workers = [threading.Thread(target=sweep) for _ in range(threads)]
    for worker in workers:
        worker.start()
    start.wait()
    begun = time.perf_counter()
    for worker in workers:
        worker.join()
    return threads * sweeps * len(KEYS) / (time.perf_counter() - begun)


def main() -> None:
    """Print hits a second and the ratio to each peer at one and at eight threads."""
    designs: dict[str, Callable[[int, float], Any]] = {
        "OrderedDict + Lock": PlainCache,
        "cachetools TTLCache + RLock": LockedTTLCache,
        "recsys.cache.LRUCache": LRUCache,
    }
    for threads, sweeps in ((1, 100), (8, 80)):
        samples: dict[str, list[float]] = {name: [] for name in designs}
        for _ in range(ROUNDS):
            for name, design in designs.items():
                samples[name].append(hits_a_second(design(len(KEYS), 3600.0), threads, sweeps))
        ours = samples["recsys.cache.LRUCache"]
        print(f"{threads} thread(s), {len(KEYS)} keys, hits only")
        for name, rates in samples.items():
            rate = statistics.median(rates)
            spread = f"{min(rates) / 1e6:.2f} to {max(rates) / 1e6:.2f}"
            ratio = statistics.median(mine / theirs for mine, theirs in zip(ours, rates, strict=True))
            print(f"  {name:30} {rate / 1e6:6.2f} M/s ({spread})   ours is {ratio:5.1f}x")


if __name__ == "__main__":
    main()
