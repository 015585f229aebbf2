"""Balancers: even where they promise evenness, stable where they promise stability, within bounds under any keys."""

import math
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from recsys.balance import Balancer, BoundedLoadHash, LeastConnections, NoReplicaError, Replica, RoundRobin, TwoChoices
from recsys.ejection import Ejector

KEYS = [f"user-{number}" for number in range(20_000)]


def replicas(count: int) -> list[Replica]:
    """That many replicas, named r0, r1, ..."""
    return [Replica(f"r{number}") for number in range(count)]


def each(count: int) -> list[Balancer]:
    """One balancer of each kind."""
    return [
        RoundRobin(replicas(count)),
        LeastConnections(replicas(count), seed=1),
        TwoChoices(replicas(count), seed=1),
        BoundedLoadHash(replicas(count)),
    ]


def test_round_robin_takes_turns_and_skips_what_is_down() -> None:
    balancer = RoundRobin(replicas(3))
    assert [balancer.pick().name for _ in range(4)] == ["r0", "r1", "r2", "r0"]
    balancer.replicas[1].available = False
    assert {balancer.pick().name for _ in range(4)} == {"r0", "r2"}


def test_least_connections_picks_the_least_and_shares_ties() -> None:
    balancer = LeastConnections(replicas(3), seed=1)
    balancer.replicas[0].in_flight = 1
    picks = Counter(balancer.pick().name for _ in range(200))
    assert picks.keys() == {"r1", "r2"}
    assert min(picks.values()) > 60


def test_two_choices_keep_the_fullest_far_below_a_random_choice() -> None:
    balancer = TwoChoices(replicas(100), seed=3)
    for _ in range(100):
        balancer.pick().in_flight += 1
    assert max(replica.in_flight for replica in balancer.replicas) <= 3  # at random it would be about 5
    assert TwoChoices(replicas(1)).pick().name == "r0"


@pytest.mark.parametrize("kind", range(4))
def test_a_lease_counts_while_it_lasts_even_if_the_request_fails(kind: int) -> None:
    balancer = each(2)[kind]
    leased: list[Replica] = []

    def failing_request() -> None:
        with balancer.lease("k") as replica:  # type: ignore[attr-defined]
            leased.append(replica)
            assert replica.in_flight == 1
            raise ValueError("boom")

    with pytest.raises(ValueError, match="boom"):
        failing_request()
    assert leased[0].in_flight == 0


@pytest.mark.parametrize("kind", range(4))
def test_without_a_replica_there_is_an_error_that_says_so(kind: int) -> None:
    balancer = each(2)[kind]
    for replica in balancer.replicas:  # type: ignore[attr-defined]
        replica.available = False
    with pytest.raises(NoReplicaError, match="none of 2 replicas"):
        balancer.pick("k")


def test_places_on_the_ring_are_uniform() -> None:
    """Owners follow the shares of the ring exactly as independent uniform hashes would: chi-square on 32 stretches."""
    ring = BoundedLoadHash(replicas(4))
    bits = [ring.owner(key).name for key in KEYS]
    shares = dict.fromkeys(["r0", "r1", "r2", "r3"], 0.0)
    previous = 0
    for place, owner in zip(ring._hashes, ring._owners, strict=False):
        shares[owner.name] += (place - previous) / 2**64
        previous = place
    shares[ring._owners[-1].name] += (2**64 - previous) / 2**64
    counts = Counter(bits)
    expected = [shares[name] * len(KEYS) for name in shares]
    assert stats.chisquare([counts[name] for name in shares], expected).pvalue > 1e-3


def test_a_key_stays_with_its_replica_in_every_process() -> None:
    one, other = BoundedLoadHash(replicas(10)), BoundedLoadHash(list(reversed(replicas(10))))
    assert all(one.owner(key).name == other.owner(key).name for key in KEYS[:2000])
    assert one.owner("user-1") is one.owner("user-1")


@settings(max_examples=15, deadline=None)
@given(st.integers(2, 20))
def test_a_new_replica_takes_its_share_and_nothing_else_moves(count: int) -> None:
    keys = KEYS[:3000]
    before, after = BoundedLoadHash(replicas(count)), BoundedLoadHash(replicas(count + 1))
    moved = [key for key in keys if before.owner(key).name != after.owner(key).name]
    assert all(after.owner(key).name == f"r{count}" for key in moved)
    assert len(moved) / len(keys) == pytest.approx(1 / (count + 1), rel=0.5)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 12), st.lists(st.integers(0, 3), min_size=1, max_size=300), st.sampled_from([1.05, 1.25, 2.0]))
def test_whatever_the_keys_no_replica_exceeds_the_bound(count: int, keys: list[int], bound: float) -> None:
    ring = BoundedLoadHash(replicas(count), bound=bound, points=20)
    for number, key in enumerate(keys, start=1):
        ring.pick(f"k{key}").in_flight += 1
        assert max(replica.in_flight for replica in ring.replicas) <= math.ceil(bound * number / count)


def test_at_scale_the_fullest_has_at_most_a_quarter_more_than_the_mean() -> None:
    ring = BoundedLoadHash(replicas(10))
    for key in KEYS:
        ring.pick(key).in_flight += 1
    assert max(replica.in_flight for replica in ring.replicas) / (len(KEYS) / 10) <= 1.25
    at_home = sum(ring.owner(key).in_flight > 0 for key in KEYS)
    assert at_home == len(KEYS)


def test_an_overflowing_or_dead_owner_hands_its_keys_to_the_next_on_the_ring() -> None:
    ring = BoundedLoadHash(replicas(5))
    owner = ring.owner("hot")
    assert ring.pick("hot") is owner
    owner.in_flight = 50
    second = ring.pick("hot")
    assert second is not owner
    assert ring.pick("hot") is second
    owner.in_flight, owner.available = 0, False
    assert ring.pick("hot") is second


@pytest.mark.parametrize("bad", [[], [Replica("a"), Replica("a")]])
def test_replicas_need_names_of_their_own(bad: list[Replica]) -> None:
    with pytest.raises(ValueError, match="name of its own"):
        RoundRobin(bad)


class TestEjector:
    """Ejection and return, on a clock that the test moves."""

    def setup_method(self) -> None:
        self.now = 0.0
        self.replicas = replicas(4)
        self.ejector = Ejector(self.replicas, failures=3, base=30, longest=100, clock=lambda: self.now)

    def fail(self, number: int, times: int = 3) -> None:
        for _ in range(times):
            self.ejector.record(self.replicas[number], ok=False)

    def test_failures_in_a_row_eject_and_time_brings_back(self) -> None:
        self.fail(0, 2)
        self.ejector.record(self.replicas[0], ok=True)
        self.fail(0, 2)
        assert self.replicas[0].available
        self.fail(0, 1)
        assert not self.replicas[0].available
        self.now = 29.9
        assert self.ejector.readmit() == []
        self.now = 30.0
        assert self.ejector.readmit() == [self.replicas[0]]

    def test_each_ejection_in_a_row_lasts_twice_as_long_up_to_a_limit(self) -> None:
        for lasting in (30, 60, 100, 100):
            self.fail(0)
            self.now += lasting - 0.1
            assert self.ejector.readmit() == []
            self.now += 0.2
            assert self.ejector.readmit()

    def test_when_everything_fails_half_stays_in(self) -> None:
        for number in range(4):
            self.fail(number, 10)
        assert [replica.available for replica in self.replicas] == [False, False, True, True]

    def test_what_was_taken_out_by_hand_stays_out(self) -> None:
        self.replicas[3].available = False
        self.now = 1e6
        assert self.ejector.readmit() == []
