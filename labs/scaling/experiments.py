"""Predict, then run: what the learner's balancers, retries and plan do, and the service under callers and batches."""

import random
import threading
import time
import uuid
from collections.abc import Callable
from operator import truediv
from statistics import mean, median

from recsys.balance import BoundedLoadHash, LeastConnections, Replica, TwoChoices
from recsys.capacity import Load, ReplicaType, plan
from recsys.retry import RetryBudget, retry
from studyapp.domain.predictions import Outcome
from studyapp.runner.client import Client

KEYS = [f"acme/user-{number}" for number in range(20_000)]
BALANCERS, REPLICAS = 20, 20


def keys_moved(service: Client) -> Outcome:
    """Keys that change their replica when ten become eleven, in percent; the curve over numbers of replicas."""
    counts = (2, 5, 10, 20, 50)
    shares = [_moved(count) for count in counts]
    return Outcome(shares[2], {"% moved from 2, 5, 10, 20, 50 replicas to one more": shares}, "%")


def retry_storm(service: Client) -> Outcome:
    """Calls that reach a dead store when 1,000 requests ask for it."""
    budgeted, unlimited = _calls(RetryBudget(ratio=0.1, reserve=10)), _calls(RetryBudget(ratio=1.0, reserve=10_000))
    return Outcome(budgeted, {"calls with the budget, without": [budgeted, unlimited]}, "calls")


def herd(service: Client) -> Outcome:
    """Where the fullest replica's queue goes when balancers with old figures stop looking for the least loaded."""
    least, two = ([_fullest(kind, seed) for seed in range(10)] for kind in (LeastConnections, TwoChoices))
    direction = "down" if mean(two) < 0.9 * mean(least) else "up" if mean(two) > 1.1 * mean(least) else "same"
    return Outcome(direction, {"fullest, least connections": least, "fullest, two choices": two})


def twice_the_callers(service: Client) -> Outcome:
    """How many times as long a request takes with sixteen callers that never pause as with eight, after each other."""
    _latency(service, 16, hits=True)
    pairs = [(_latency(service, 8, hits=True), _latency(service, 16, hits=True)) for _ in range(7)]
    eight, sixteen = zip(*pairs, strict=True)
    series = {"mean ms with 8 callers": [1000 * each for each in eight]}
    series["mean ms with 16 callers"] = [1000 * each for each in sixteen]
    return Outcome(median(map(truediv, sixteen, eight)), series, "times")


def cold_cache(service: Client) -> Outcome:
    """How many times as many replicas a load needs in the minute in which its cache is empty.

    From what this service does on this machine: a laptop does not serve 100,000 requests a second, planned replicas do.
    """
    throughput = 8 / mean(_latency(service, 8) for _ in range(2))
    made = plan(Load(100_000, hit_rate=0.8), ReplicaType(throughput, 0.1), zones=1)
    series = {
        "requests a second of one replica": [throughput],
        "replicas for 100,000 a second: warm, cold": [made.replicas_at_peak, made.replicas_with_cold_cache],
    }
    return Outcome(made.replicas_with_cold_cache / made.replicas_at_peak, series, "times")


def flood(service: Client) -> Outcome:
    """What a flood of batches does to the share of single requests that are refused."""
    before, _ = _refused(service, batches=0)
    during, batches = _refused(service, batches=150)
    direction = "same" if abs(during - before) < 2 else "up" if during > before else "down"
    series = {"% of single requests refused before, during": [before, during], "% of batches refused": [batches]}
    return Outcome(direction, series)


def _moved(count: int) -> float:
    before, after = (BoundedLoadHash([Replica(f"r{n}") for n in range(size)]) for size in (count, count + 1))
    return 100 * mean(before.owner(key).name != after.owner(key).name for key in KEYS)


def _calls(budget: RetryBudget) -> int:
    calls = 0

    def store() -> None:
        nonlocal calls
        calls += 1
        raise ConnectionError("dead")

    for _ in range(1000):
        try:
            retry(store, budget, attempts=3, sleep=lambda pause: None)
        except ConnectionError:
            continue
    return calls


def _fullest(kind: type[LeastConnections], seed: int) -> int:
    """Requests on the fullest replica after rounds in which each balancer sends five, knowing the round before."""
    rng, load, worst = random.Random(seed), [0] * REPLICAS, 0
    for number in range(20):
        sent = [0] * REPLICAS
        for place in range(BALANCERS):
            seen = [Replica(f"r{n}", in_flight=busy) for n, busy in enumerate(load)]
            balancer = kind(seen, seed=seed * 1000 + number * BALANCERS + place)
            for _ in range(5):
                sent[seen.index(balancer.pick())] += 1
        load = [max(0, busy + more - 5) for busy, more in zip(load, sent, strict=True)]
        load[rng.randrange(REPLICAS)] += 2
        worst = max(worst, *load)
    return worst


def _latency(service: Client, callers: int, *, hits: bool = False) -> float:
    """Mean seconds of a request by callers that do not pause for a second; for users in the cache, or ever new ones."""
    run, until = uuid.uuid4().hex[:8], time.monotonic() + 1.0

    def ask(client: Client, caller: int) -> list[float]:
        taken: list[float] = []
        while (begun := time.monotonic()) < until:
            client.recommend(f"u{caller}" if hits else f"{run}-{caller}-{len(taken)}")
            taken.append(time.monotonic() - begun)
        return taken

    return mean(each for taken in _callers(service, callers, ask) for each in taken)


def _refused(service: Client, batches: int) -> tuple[float, float]:
    """Percent of single requests, and of so many batches sent at the same time, that are refused."""
    run = uuid.uuid4().hex[:8]

    def ask(client: Client, caller: int) -> list[bool]:
        if caller < batches:
            users = [{"user": f"{run}-{caller}-{number}"} for number in range(64)]
            answer = client.request("POST", "/v1/recommendations/batch", {"requests": users}, next(iter(client.keys)))
            return [answer.status == 503]
        return [client.recommend(f"{run}-{number}").status == 503 for number in range(40)]

    answers = _callers(service, batches + 4, ask)
    singles, flood = ([each for found in part for each in found] for part in (answers[batches:], answers[:batches]))
    return 100 * mean(singles), 100 * mean(flood) if flood else 0.0


def _callers(service: Client, count: int, ask: Callable[[Client, int], list]) -> list[list]:
    """What callers that begin together found, each with a connection of its own."""
    found: list[list] = [[] for _ in range(count)]
    start = threading.Barrier(count)

    def run(caller: int) -> None:
        client = Client(service.port, service.keys)
        start.wait()
        found[caller] = ask(client, caller)
        client.close()

    threads = [threading.Thread(target=run, args=(caller,)) for caller in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found
