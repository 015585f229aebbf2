"""Step 3: a hot key overflows to the next replica, and always to the same one."""

import math
import random

import pytest

from recsys.balance import BoundedLoadHash, NoReplicaError

KEYS = [f"acme/user-{number}" for number in range(5000)]


def test_at_home_where_there_is_room(fresh):
    ring = BoundedLoadHash(fresh(10))
    away = [key for key in KEYS[:500] if ring.pick(key) is not ring.owner(key)]
    assert away == [], "nothing is in flight on ten replicas: keys that are not sent to their owner"
    assert ring.pick(None) in ring.replicas, "a request without a key goes somewhere too"


def test_a_hot_key_does_not_drown_its_replica(fresh):
    ring, worst = BoundedLoadHash(fresh(10)), 0.0
    for number in range(1, 1001):
        ring.pick("acme/everybody").in_flight += 1
        limit = math.ceil(1.25 * number / 10)
        fullest = max(replica.in_flight for replica in ring.replicas)
        assert fullest <= limit, f"{number} requests for one key on ten replicas, bound 1.25: requests on the fullest"
        worst = fullest / (number / 10)
    assert worst <= 1.25, "1,000 requests for one key on ten replicas: the fullest over the mean"


@pytest.mark.parametrize("bound", [1.05, 1.25, 2.0])
def test_the_bound_holds_for_any_mixture(bound, fresh):
    ring, rng = BoundedLoadHash(fresh(7), bound=bound, points=20), random.Random(3)
    for number in range(1, 400):
        ring.pick(f"key {int(30 * rng.random() ** 3)}").in_flight += 1
        fullest = max(replica.in_flight for replica in ring.replicas)
        assert fullest <= math.ceil(bound * number / 7), (
            f"{number} requests on 7 replicas, bound {bound}: on the fullest"
        )


def test_few_leave_home(fresh):
    ring, away = BoundedLoadHash(fresh(10)), 0
    for key in KEYS:
        replica = ring.pick(key)
        replica.in_flight += 1
        away += replica is not ring.owner(key)
    assert away / len(KEYS) <= 0.12, "5,000 different keys in flight on ten replicas: share that is not at home"


def test_the_overflow_has_one_heir(fresh):
    heirs = set()
    for seed in range(20):
        ring, rng = BoundedLoadHash(fresh(6)), random.Random(seed)
        for replica in ring.replicas:
            replica.in_flight = rng.randrange(5)
        ring.owner("acme/hot").in_flight = 100
        heirs.add(ring.pick("acme/hot").name)
    assert len(heirs) == 1, "the owner is full, and the loads of the other five vary: replicas that inherit the key"


def test_who_is_down_is_passed_over_and_not_counted(fresh):
    ring = BoundedLoadHash(fresh(4))
    owner = ring.owner("acme/user-1")
    owner.available = False
    heir = ring.pick("acme/user-1")
    assert heir is not owner, "the owner is down: somebody else is picked"
    other = next(replica for replica in ring.replicas if replica not in (owner, heir))
    other.available, heir.in_flight, owner.in_flight = False, 5, 0
    rest = next(replica for replica in ring.replicas if replica.available and replica is not heir)
    rest.in_flight = 5
    assert ring.pick("acme/user-1") is heir, "two of four are down, the others have 5 each: the mean is over those two"
    for replica in ring.replicas:
        replica.available = False
    with pytest.raises(NoReplicaError):
        ring.pick("acme/user-1")
