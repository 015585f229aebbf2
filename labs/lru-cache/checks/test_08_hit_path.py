"""Step 8, measured: hits a second of processor time against an OrderedDict behind one lock, and hits of the service."""

import statistics
import sys
import threading
import time
from collections import OrderedDict

from recsys.cache import LRUCache

KEYS = [f"tenant:user-{number}" for number in range(1000)]
ROUNDS, THREADS = 5, 8
WITH_GIL = getattr(sys, "_is_gil_enabled", lambda: True)()
ALONE, TOGETHER = (1.4, 1.5) if WITH_GIL else (0.4, 0.4)  # without a GIL a lock is right, and has its price


class Plain:
    """The textbook design that is to be beaten: no expiry by key, no single-flight, one lock around everything."""

    def __init__(self, capacity, ttl):
        self.capacity, self.ttl = capacity, ttl
        self.entries, self.lock = OrderedDict(), threading.Lock()
        self.hits = self.misses = 0

    def get(self, key):
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

    def put(self, key, value):
        with self.lock:
            self.entries[key] = (value, time.time())
            self.entries.move_to_end(key)
            if len(self.entries) > self.capacity:
                self.entries.popitem(last=False)


def seconds(cache, threads, sweeps):
    """Processor time of `threads` threads that read every key `sweeps` times each: what else runs does not count."""
    start = threading.Barrier(threads + 1)

    def sweep():
        get = cache.get
        start.wait()
        for _ in range(sweeps):
            for key in KEYS:
                get(key)

    workers = [threading.Thread(target=sweep, daemon=True) for _ in range(threads)]
    for worker in workers:
        worker.start()
    start.wait()
    begun = time.process_time()
    for worker in workers:
        worker.join()
    return time.process_time() - begun


def speed(threads, sweeps):
    """How many times as fast as the plain design: the median of several rounds, the two in turn in each."""
    yours, plain = LRUCache(len(KEYS), ttl=3600), Plain(len(KEYS), 3600)
    for cache in (yours, plain):
        for key in KEYS:
            cache.put(key, key)
    times = [(seconds(plain, threads, sweeps), seconds(yours, threads, sweeps)) for _ in range(ROUNDS)]
    stats, lookups = yours.stats(), ROUNDS * threads * sweeps * len(KEYS)
    assert (stats.hits, stats.misses) == (lookups, 0), "(hits, misses) after a load of hits alone: quick and exact"
    return round(statistics.median(theirs / mine for theirs, mine in times), 2)


def test_a_hit_is_quick():
    ratio = speed(1, 60)
    assert ratio >= ALONE, "times the hits a second of an OrderedDict behind a lock, one thread"


def test_threads_do_not_queue_for_hits():
    ratio = speed(THREADS, 30)
    assert ratio >= TOGETHER, f"times the hits a second of an OrderedDict behind a lock, {THREADS} threads"


def test_your_service_answers_from_it(service):
    answers = [service.client.recommend(f"new-{user}", hour=9) for _ in range(4) for user in range(25)]
    assert {answer.status for answer in answers} == {200}, "the status of 100 requests for 25 users to your service"
    hits = sum(answer.headers["x-cache"] == "hit" for answer in answers)
    assert hits == 75, "hits of your cache in the service where each of 25 users asks four times within its 2 s"
