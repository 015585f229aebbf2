"""Load balancing: which replica gets the next request.

Four strategies with one interface; which to choose:

- `RoundRobin`: equal requests, equal replicas. Blind to load: one slow replica collects a queue.
- `LeastConnections`: unequal requests, one balancer that sees them all. With many balancers they all run to the same
  replica.
- `TwoChoices`: pick two at random, take the less loaded: nearly as even as least connections (the fullest of n has
  about log log n instead of log n / log log n), and no herd (Mitzenmacher 2001).
- `BoundedLoadHash`: the same key goes to the same replica, so each replica's cache holds its own share of the users.
  Adding or losing one replica of n moves 1/n of the keys, where `hash % n` moves nearly all; a hot key cannot drown
  its replica, because none holds more than `bound` times the mean of the requests in flight and the overflow goes on
  to the next one on the ring (Karger et al. 1997; Mirrokni, Thorup and Zadimoghaddam 2018).

Replicas that fail are ejected for a while by `recsys.ejection` and come back by themselves.
"""

from __future__ import annotations

import math
import random
import threading
from abc import ABC, abstractmethod
from bisect import bisect
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Protocol

import xxhash


class NoReplicaError(Exception):
    """Every replica is down or ejected."""


@dataclass(eq=False)
class Replica:
    """One copy of the service: where it is, whether it takes requests, how many it is serving."""

    name: str
    url: str = ""
    available: bool = True
    in_flight: int = field(default=0, repr=False)


class Balancer(Protocol):
    """What every strategy offers."""

    def pick(self, key: str | None = None) -> Replica:
        """The replica for the next request. Raises NoReplicaError where none is available."""
        ...


class _Strategy(ABC):
    """Replicas in common order, and the count of requests in flight."""

    def __init__(self, replicas: Sequence[Replica]) -> None:
        if not replicas or len({replica.name for replica in replicas}) != len(replicas):
            raise ValueError("a balancer needs at least one replica, each with a name of its own")
        self.replicas = list(replicas)
        self._lock = threading.Lock()

    def available(self) -> list[Replica]:
        """Those that take requests. Raises NoReplicaError where none does."""
        candidates = [replica for replica in self.replicas if replica.available]
        if not candidates:
            raise self._nobody()
        return candidates

    def _nobody(self) -> NoReplicaError:
        return NoReplicaError(f"none of {len(self.replicas)} replicas is available")

    @abstractmethod
    def pick(self, key: str | None = None) -> Replica:
        """The replica for the next request."""

    @contextmanager
    def lease(self, key: str | None = None) -> Iterator[Replica]:
        """Pick a replica and count the request as in flight until the block ends."""
        with self._lock:
            replica = self.pick(key)
            replica.in_flight += 1
        try:
            yield replica
        finally:
            with self._lock:
                replica.in_flight -= 1


class RoundRobin(_Strategy):
    """Each in turn."""

    def __init__(self, replicas: Sequence[Replica]) -> None:
        super().__init__(replicas)
        self._turn = count()

    def pick(self, key: str | None = None) -> Replica:
        """The next in turn."""
        candidates = self.available()
        return candidates[next(self._turn) % len(candidates)]


class LeastConnections(_Strategy):
    """The one with the fewest requests in flight, at random among equals: the first would get every quiet moment."""

    def __init__(self, replicas: Sequence[Replica], *, seed: int | None = None) -> None:
        super().__init__(replicas)
        self._random = random.Random(seed)

    def pick(self, key: str | None = None) -> Replica:
        """The least loaded."""
        return min(self.available(), key=lambda replica: (replica.in_flight, self._random.random()))


class TwoChoices(LeastConnections):
    """The less loaded of two picked at random."""

    def pick(self, key: str | None = None) -> Replica:
        """The less loaded of two."""
        candidates = self.available()
        one, other = (
            self._random.choices(candidates, k=2) if len(candidates) < 2 else self._random.sample(candidates, 2)
        )
        return one if one.in_flight <= other.in_flight else other


class BoundedLoadHash(_Strategy):
    """A hash ring on which no replica serves more than `bound` times the mean."""

    def __init__(self, replicas: Sequence[Replica], *, bound: float = 1.25, points: int = 160) -> None:
        """Put each replica on the ring `points` times: more points, more even shares and a longer ring."""
        super().__init__(replicas)
        if bound <= 1 or points < 1:
            raise ValueError(f"a bounded ring needs a bound above 1 and a point a replica, not {bound} and {points}")
        self.bound = bound
        ring = sorted(
            (_place(f"{replica.name}#{point}"), position)
            for position, replica in enumerate(self.replicas)
            for point in range(points)
        )
        self._hashes = [place for place, _ in ring]
        self._owners = [self.replicas[position] for _, position in ring]
        self._owners.append(self._owners[0])  # past the last point the ring starts again

    def owner(self, key: str) -> Replica:
        """The replica whose point follows the key's hash, whatever its load or health."""
        return self._owners[bisect(self._hashes, xxhash.xxh3_64_intdigest(key.encode()))]

    def pick(self, key: str | None = None) -> Replica:
        """The key's owner, or the next replica on the ring that is available and below the bound."""
        loads = [replica.in_flight for replica in self.replicas if replica.available]
        if not loads:
            raise self._nobody()
        limit = math.ceil(self.bound * (sum(loads) + 1) / len(loads))
        start = bisect(self._hashes, xxhash.xxh3_64_intdigest((key or "").encode()))
        owner = self._owners[start]
        if owner.in_flight < limit and owner.available:  # nearly always: the search costs a fifth of all
            return owner
        for step in range(len(self._hashes)):
            replica = self._owners[(start + step) % len(self._hashes)]
            if replica.available and replica.in_flight < limit:
                return replica
        raise NoReplicaError("no replica is below the bound")  # unreachable: the mean is below it


def _place(text: str) -> int:
    """Where on the ring a text falls: 64 bits that do not differ between processes, as `hash` does."""
    return xxhash.xxh3_64_intdigest(text.encode())
