"""Which replicas may be asked: those that are ready, not ejected, with a closed breaker; which of them, by policy.

Three views of one replica's health, from slow to quick, each good at what the others miss:

- the readiness probe (`recsys.fleet.member`) sees one that starts, hangs or says itself that it cannot serve;
- the ejector sees one that answers, but badly: five failures in a row, refusals included, and it rests. A replica that
  sheds load answers some requests in between; one that refuses all of them would, being quick, attract most of the
  traffic. It never takes out more than half;
- the breaker sees one that does not answer: it opens at half of the calls, and lets one through to try.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager

from recsys.balance import (
    BoundedLoadHash,
    LeastConnections,
    NoReplicaError,
    Replica,
    RoundRobin,
    TwoChoices,
)
from recsys.breaker import CircuitBreaker
from recsys.ejection import Ejector
from recsys.settings import Policy

Strategy = RoundRobin | LeastConnections | TwoChoices | BoundedLoadHash
POLICIES: Mapping[Policy, Callable[[Sequence[Replica]], Strategy]] = {
    "round-robin": RoundRobin, "least": LeastConnections, "two-choices": TwoChoices, "hash": BoundedLoadHash,
}  # fmt: skip
EJECTED_FOR = 5.0
"""Seconds of a first ejection; a laptop's patience, where a cluster would take thirty."""
BREAKER_RESET = 2.0


class Rotation:
    """The replicas that may be asked. One event loop uses it: nothing happens between a look and a step."""

    def __init__(self, policy: Policy, on_ejected: Callable[[Replica], object] = lambda replica: None) -> None:
        """Choose by the policy of this name; `on_ejected` is told of each ejection."""
        self._choose, self._on_ejected = POLICIES[policy], on_ejected
        self._ejector = Ejector([], base=EJECTED_FOR)
        self._members: dict[str, Replica] = {}
        self._breakers: dict[str, CircuitBreaker] = {}
        self._balancer: Strategy | None = None

    def add(self, replica: Replica) -> None:
        """Let a replica take requests, with no memory of one of the same name before it."""
        self._members[replica.name] = replica
        self._breakers[replica.name] = CircuitBreaker(replica.name, reset_after=BREAKER_RESET)
        self._ejector.add(replica)
        self._rebuild()

    def remove(self, replica: Replica) -> None:
        """Send it nothing more; what is under way goes on."""
        if self._members.get(replica.name) is replica:
            del self._members[replica.name], self._breakers[replica.name]
            self._ejector.remove(replica)
            self._rebuild()

    def readmit(self) -> None:
        """Let back those whose ejection is over."""
        self._ejector.readmit()

    @contextmanager
    def lease(self, key: str, tried: Collection[str]) -> Iterator[Replica]:
        """A replica that was not tried, counted as busy while the block runs; each lease needs one `record`.

        Raises NoReplicaError where none is left.
        """
        self.readmit()
        if self._balancer is None:
            raise NoReplicaError("no replica is ready")
        skipped = set(tried)
        while True:
            with self._without(skipped):
                lease = self._balancer.lease(key)
                replica = lease.__enter__()
            if self._breakers[replica.name].allow():
                break
            lease.__exit__(None, None, None)
            if replica.name in skipped:  # a balancer that ignores `available` would be asked until the breaker gives in
                raise NoReplicaError("the balancer picks a replica that is not available")
            skipped.add(replica.name)
        try:
            yield replica
        finally:
            lease.__exit__(None, None, None)

    def record(self, replica: Replica, *, answered: bool, ok: bool) -> None:
        """How a lease ended: whether an answer came in time, and whether it was a good one."""
        if self._members.get(replica.name) is not replica:
            return  # it has left meanwhile
        self._breakers[replica.name].record(ok=answered)
        was = replica.available
        self._ejector.record(replica, ok=ok)
        if was and not replica.available:
            self._on_ejected(replica)

    def _rebuild(self) -> None:
        members = list(self._members.values())
        self._balancer = self._choose(members) if members else None

    @contextmanager
    def _without(self, names: Collection[str]) -> Iterator[None]:
        """For the moment of a choice, as if these were not there."""
        hidden = [each for name in names if (each := self._members.get(name)) and each.available]
        for replica in hidden:
            replica.available = False
        try:
            yield
        finally:
            for replica in hidden:
                replica.available = True
