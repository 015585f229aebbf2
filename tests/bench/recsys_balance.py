"""Hash ring against `hash % n` in one run: what moves when a replica is added, how even it is, what a lookup costs."""

import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import xxhash

sys.path.insert(0, str(Path(__file__).parents[2] / "labs" / "recsys"))

from recsys.balance import BoundedLoadHash, LeastConnections, Replica, RoundRobin, TwoChoices

KEYS = [f"tenant-{number % 97}:user-{number}" for number in range(100_000)]


def replicas(count: int) -> list[Replica]:
    """That many replicas."""
    return [Replica(f"recsys-{number}") for number in range(count)]


def nanoseconds(lookup: Callable[[str], object]) -> float:
    """Median time of one lookup over seven sweeps of 20,000 keys, the loop itself subtracted."""
    keys = KEYS[:20_000]

    def sweep(call: Callable[[str], object]) -> float:
        begun = time.perf_counter()
        for key in keys:
            call(key)
        return (time.perf_counter() - begun) / len(keys) * 1e9

    empty = statistics.median(sweep(len) for _ in range(7))
    return statistics.median(sweep(lookup) for _ in range(7)) - empty


def main() -> None:
    """Print movement, evenness and time."""
    ten, eleven = BoundedLoadHash(replicas(10)), BoundedLoadHash(replicas(11))
    ring = sum(ten.owner(key).name != eleven.owner(key).name for key in KEYS) / len(KEYS)
    places = [xxhash.xxh3_64_intdigest(key.encode()) for key in KEYS]
    naive = sum(place % 10 != place % 11 for place in places) / len(KEYS)
    print(f"10 -> 11 replicas: ring moves {ring:.1%}, hash % n moves {naive:.1%}; the least possible is {1 / 11:.1%}")
    print(f"  the ring moves {naive / ring:.1f}x fewer keys")
    plain = Counter(ten.owner(key).name for key in KEYS)
    for key in KEYS:
        ten.pick(key).in_flight += 1
    bounded = max(replica.in_flight for replica in ten.replicas) / (len(KEYS) / 10)
    print(f"max / mean load of 10: plain ring {max(plain.values()) / (len(KEYS) / 10):.3f}, bounded {bounded:.3f}")
    hot = BoundedLoadHash(replicas(10))
    for number, key in enumerate(KEYS):
        hot.pick("one hot key" if number % 2 else key).in_flight += 1
    fullest = max(replica.in_flight for replica in hot.replicas) / (len(KEYS) / 10)
    print(f"  with one key in half of the requests: {fullest:.3f}")
    print("time of one lookup")
    naive_time = nanoseconds(lambda key: xxhash.xxh3_64_intdigest(key.encode()) % 10)
    print(f"  {'hash % n':32} {naive_time:6.0f} ns")
    for count in (10, 100, 1000):
        lookup = nanoseconds(BoundedLoadHash(replicas(count)).owner)
        print(f"  {f'ring of {count}, owner':32} {lookup:6.0f} ns   {lookup / naive_time:.1f}x hash % n")
    for balancer in (BoundedLoadHash(replicas(10)), RoundRobin(replicas(10)), TwoChoices(replicas(10))):
        print(f"  {f'{type(balancer).__name__}.pick, of 10':32} {nanoseconds(balancer.pick):6.0f} ns")
    print(f"  {'LeastConnections.pick, of 10':32} {nanoseconds(LeastConnections(replicas(10)).pick):6.0f} ns")


if __name__ == "__main__":
    main()
