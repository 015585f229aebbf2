"""Step 2: the same key meets the same replica, and few keys move when a replica comes or goes."""

import os
import subprocess
import sys
from collections import Counter

from recsys.balance import BoundedLoadHash, Replica

KEYS = [f"acme/user-{number}" for number in range(20_000)]
OWNERS = """
from recsys.balance import BoundedLoadHash, Replica
ring = BoundedLoadHash([Replica(f"r{n}") for n in range(10)])
print(*(ring.owner(f"acme/user-{n}").name for n in range(50)))
"""


def owners(names):
    ring = BoundedLoadHash([Replica(name) for name in names])
    return [ring.owner(key).name for key in KEYS]


def numbered(count):
    return [f"r{number}" for number in range(count)]


def moved(before, after):
    return {key: new for key, old, new in zip(KEYS, before, after, strict=True) if old != new}


def elsewhere(seed):
    """What another process says, whose `hash` is seeded otherwise."""
    command = [sys.executable, "-c", OWNERS]
    around = {**os.environ, "PYTHONHASHSEED": seed}
    done = subprocess.run(command, env=around, capture_output=True, text=True, timeout=30, check=False)
    return done.stdout.split()


def test_a_key_has_one_owner(fresh):
    ring = BoundedLoadHash(fresh(10))
    found = {ring.owner("acme/user-7").name for _ in range(20)}
    assert len(found) == 1, "different owners of one key, asked for twenty times"
    changed = moved(owners(numbered(10)), owners(numbered(10)[::-1]))
    assert len(changed) == 0, "the same ten replicas, listed in reverse: keys of 20,000 that have another owner"


def test_another_process_agrees(fresh):
    here, there = owners(numbered(10))[:50], elsewhere("1")
    same = sum(one == other for one, other in zip(here, there, strict=False))
    assert same == 50, "50 keys in another process: those that have the same owner there"


def test_the_shares_are_even():
    shares = Counter(owners(numbered(10)))
    fullest = round(max(shares.values()) / (len(KEYS) / 10), 2)
    assert fullest <= 1.45, "20,000 keys on ten replicas at 160 points each: keys of the fullest, over the mean"
    assert len(shares) == 10, "20,000 keys on ten replicas: how many replicas have any"
    assert min(shares.values()) / (len(KEYS) / 10) >= 0.6, "keys of the emptiest, over the mean"


def test_a_new_replica_takes_its_share_and_no_more():
    changed = moved(owners(numbered(10)), owners(numbered(11)))
    share = round(100 * len(changed) / len(KEYS), 1)
    assert share <= 14, "ten replicas become eleven: keys that move, in % (1 in 11 has to; hash % n moves 10 in 11)"
    assert {*changed.values()} == {"r10"}, "ten replicas become eleven: where the keys that move go"
    assert share >= 5, "ten replicas become eleven: keys that the new one takes, in %"


def test_a_lost_replica_gives_its_keys_to_many():
    before = owners(numbered(10))
    changed = moved(before, owners([name for name in numbered(10) if name != "r3"]))
    assert len(changed) == Counter(before)["r3"], "r3 of ten is taken out: keys that move; only its own have to"
    assert len({*changed.values()}) >= 7, "r3 of ten is taken out: replicas that share its keys (one point: one heir)"
