"""Predict, then run: what a cache of the learner's does under loads whose outcome can be reckoned beforehand."""

import random
import threading
import uuid
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate

from recsys.cache import MISSING, LRUCache
from studyapp.domain.predictions import Outcome
from studyapp.runner.client import Client
from studyapp.runner.metrics import figures

USERS = 10_000
SECONDS = 5.0


def halve_capacity(service: Client) -> Outcome:
    """The hit rate at 500 entries, in percent; the curve over capacities."""
    asked = _zipf(60_000, random.Random(1))
    rates = [_hit_rate(LRUCache(capacity), asked) for capacity in (4000, 2000, 1000, 500, 250)]
    return Outcome(rates[3], {"hit rate at 4000, 2000, 1000, 500, 250 entries": rates}, "%")


def burst(service: Client) -> Outcome:
    """Model calls that single-flight saves, where 200 callers miss 20 keys at once."""
    without, merged = _calls(_look_then_compute), _calls(LRUCache.get_or_compute)
    return Outcome(without - merged, {"model calls without, with single-flight": [without, merged]}, "calls")


def double_ttl(service: Client) -> Outcome:
    """The hit rate at a TTL of two minutes, in percent, where each user asks once a minute; the curve over TTLs."""
    rates = [_hit_rate_of_poisson(ttl) for ttl in (30, 60, 120, 240)]
    return Outcome(rates[2], {"hit rate at a TTL of 30, 60, 120, 240 s": rates}, "%")


def jitter_peak(service: Client) -> Outcome:
    """Entries that expire in the busiest second; expiries by second from the 75th on."""
    spread = {f"jitter {jitter}": _expiries(jitter) for jitter in (0.0, 0.2)}
    return Outcome(max(spread["jitter 0.2"]), spread, "entries")


def nightly_scan(service: Client) -> Outcome:
    """Where the hit rate of ordinary traffic goes while a job reads every user once."""
    asked = _zipf(40_000, random.Random(2))
    before, after = _hit_rate(LRUCache(1000), asked), _hit_rate(LRUCache(1000), asked, scan=range(USERS))
    change = after - before
    direction = "same" if abs(change) < 1 else "up" if change > 0 else "down"
    return Outcome(direction, {"hit rate without, with the job": [before, after]})


def service_hits(service: Client) -> Outcome:
    """The share of requests that the running service answers from its cache, in percent.

    Users of whom nothing is known: the service keeps their answers in this cache alone, for two seconds.
    """
    run, before, shares = uuid.uuid4().hex[:8], service.metrics(), []
    for number in range(40):
        for _ in range(5):
            service.recommend(f"{run}-{number}")
        if number % 8 == 7:
            shares.append(100 * (figures(before, service.metrics()).hit_rate or 0.0))
    return Outcome(shares[-1], {"hit rate after 8, 16, 24, 32, 40 users": shares}, "%")


def _zipf(requests: int, rng: random.Random) -> list[int]:
    """Users by Zipf's law with exponent 1."""
    weights = list(accumulate(1 / rank for rank in range(1, USERS + 1)))
    return rng.choices(range(USERS), cum_weights=weights, k=requests)


def _ask(cache: LRUCache, user: int) -> bool:
    """Whether it hits; a miss is filled."""
    hit = cache.get(user) is not MISSING
    if not hit:
        cache.put(user, user)
    return hit


def _hit_rate(cache: LRUCache, asked: Sequence[int], scan: Iterable[int] = ()) -> float:
    """In percent, once the first quarter has warmed the cache; from then on `scan` reads one for every two."""
    warm, job, hits = len(asked) // 4, iter(scan), 0
    for place, user in enumerate(asked):
        hit = _ask(cache, user)
        if place >= warm:
            hits += hit
            if place % 2 and (scanned := next(job, None)) is not None:
                _ask(cache, scanned)
    return 100 * hits / (len(asked) - warm)


def _hit_rate_of_poisson(ttl: float) -> float:
    rng, now = random.Random(3), 0.0
    cache = LRUCache(200, ttl=ttl, clock=lambda: now)
    hits, requests = 0, 40_000
    for _ in range(requests):
        now += rng.expovariate(200 / 60)
        hits += _ask(cache, rng.randrange(200))
    return 100 * hits / requests


def _expiries(jitter: float) -> list[int]:
    now = 0.0
    cache = LRUCache(10_000, ttl=100, jitter=jitter, clock=lambda: now, seed=4)
    for number in range(10_000):
        cache.put(number, number)
    expired, alive = [], len(cache)
    for second in range(75, 101):
        now = float(second)
        expired.append(alive - len(cache))
        alive = len(cache)
    return expired


def _calls(look: Callable[[LRUCache, int, Callable[[], int]], int]) -> int:
    """Model calls where ten callers of each of twenty keys come before the first answer does."""
    cache, calls, callers = LRUCache(100), [], 200
    all_missed, start = threading.Event(), threading.Barrier(callers)

    def compute() -> int:
        calls.append(1)
        all_missed.wait(SECONDS)
        return 1

    def ask(key: int) -> None:
        start.wait()
        look(cache, key, compute)

    threads = [threading.Thread(target=ask, args=(number % 20,)) for number in range(callers)]
    for thread in threads:
        thread.start()
    while cache.stats().misses < callers and any(thread.is_alive() for thread in threads):
        all_missed.wait(0.01)
    all_missed.set()
    for thread in threads:
        thread.join()
    return len(calls)


def _look_then_compute(cache: LRUCache, key: int, compute: Callable[[], int]) -> int:
    value = cache.get(key)
    if value is MISSING:
        value = compute()
        cache.put(key, value)
    return value
