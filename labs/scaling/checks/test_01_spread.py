"""Step 1: each request gets a replica, and every replica its share."""

import threading
from collections import Counter
from statistics import mean

import pytest

from recsys.balance import BoundedLoadHash, LeastConnections, NoReplicaError, RoundRobin, TwoChoices

MEETING = 0.2  # seconds that a pick waits for another one to come in between


def names(balancer, times):
    return [balancer.pick().name for _ in range(times)]


def test_round_robin_takes_turns(fresh):
    assert names(RoundRobin(fresh(3)), 4) == ["r0", "r1", "r2", "r0"], "round robin over r0, r1, r2: four picks"


@pytest.mark.parametrize("kind", [RoundRobin, LeastConnections, TwoChoices])
def test_who_is_down_is_not_picked(kind, fresh):
    balancer = kind(fresh(3))
    balancer.replicas[1].available = False
    assert {*names(balancer, 60)} == {"r0", "r2"}, f"{kind.__name__}: r1 of r0, r1, r2 is down; who is picked in 60?"
    for replica in balancer.replicas:
        replica.available = False
    with pytest.raises(NoReplicaError):
        balancer.pick()


def test_least_connections_picks_the_least_loaded(fresh):
    balancer = LeastConnections(fresh(loads=(2, 1, 3)))
    assert {*names(balancer, 20)} == {"r1"}, "loads 2, 1, 3: least connections picks r1, every time"


def test_equals_share(fresh):
    picks = Counter(names(LeastConnections(fresh(loads=(1, 0, 0)), seed=1), 200))
    assert picks["r0"] == 0, "loads 1, 0, 0: times that r0 is picked"
    assert min(picks["r1"], picks["r2"]) >= 60, "loads 1, 0, 0: 200 picks are shared by r1 and r2; the rarer one had"


def test_two_choices_looks_at_two(fresh):
    picks = Counter(names(TwoChoices(fresh(loads=(0, 1, 2)), seed=1), 900))
    assert picks["r2"] == 0, "loads 0, 1, 2: whichever two are looked at, the fullest is never the lesser; r2 is picked"
    second = round(picks["r1"] / 900, 2)
    assert second >= 0.25, "loads 0, 1, 2: the two looked at are r1 and r2 in a third of the picks; share of r1"
    assert {*names(TwoChoices(fresh(1)), 3)} == {"r0"}, "one replica alone is picked too"


def test_two_choices_keep_the_fullest_low(fresh):
    fullest = []
    for seed in range(20):
        balancer = TwoChoices(fresh(100), seed=seed)
        for _ in range(100):
            balancer.pick().in_flight += 1
        fullest.append(max(replica.in_flight for replica in balancer.replicas))
    assert mean(fullest) <= 3.3, (
        "100 requests on 100 replicas: requests on the fullest (one random choice: more than 4)"
    )


@pytest.mark.parametrize("kind", [RoundRobin, LeastConnections, TwoChoices, BoundedLoadHash])
def test_a_lease_counts_while_it_lasts(kind, fresh):
    balancer = kind(fresh(2))
    with balancer.lease("key") as replica:
        assert replica.in_flight == 1, f"{kind.__name__}: requests in flight on a replica that is leased"
    assert replica.in_flight == 0, f"{kind.__name__}: requests in flight after the lease"


def test_a_failed_request_is_no_longer_in_flight(fresh):
    balancer = RoundRobin(fresh(1))
    with pytest.raises(OSError, match="reset"), balancer.lease():
        raise OSError("reset by peer")
    assert balancer.replicas[0].in_flight == 0, "requests in flight after one that ended in an error"


def test_picking_and_counting_are_one_act(fresh, together):
    looks, both = [], threading.Event()

    class FirstOfFewest(RoundRobin):
        def pick(self, key=None):
            replica = min(self.available(), key=lambda each: each.in_flight)
            looks.append(replica)
            if len(looks) == 2:
                both.set()
            both.wait(MEETING)
            return replica

    balancer, leased, release = FirstOfFewest(fresh(2)), [], threading.Barrier(2)

    def lease():
        with balancer.lease() as replica:
            leased.append(replica.name)
            release.wait(5)

    together(lease, lease)
    assert sorted(leased) == ["r0", "r1"], "two threads lease the first of the least loaded of r0, r1 at the same time"
