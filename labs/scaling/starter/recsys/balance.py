"""Load balancing: which replica gets the next request. Yours to write.

As it stands every request goes to the first replica, busy, down or not, and the others idle. The public names and
signatures are what the fleet relies on. What begins with an underscore is a suggestion: use it, change it, or throw it
away.

- `RoundRobin`: equal requests, equal replicas. Blind to load: one slow replica collects a queue.
- `LeastConnections`: unequal requests, one balancer that sees them all.
- `TwoChoices`: the less loaded of two picked at random: nearly as even, and no herd (Mitzenmacher 2001).
- `BoundedLoadHash`: the same key goes to the same replica, and none holds more than `bound` times the mean of the
  requests in flight (Karger et al. 1997; Mirrokni, Thorup and Zadimoghaddam 2018).
"""

from __future__ import annotations

import random
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
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
        # step 1: leave out those that are down; step 10: the fleet hides those that it has tried in the same way
        return self.replicas

    def _nobody(self) -> NoReplicaError:
        return NoReplicaError(f"none of {len(self.replicas)} replicas is available")

    @abstractmethod
    def pick(self, key: str | None = None) -> Replica:
        """The replica for the next request."""

    @contextmanager
    def lease(self, key: str | None = None) -> Iterator[Replica]:
        """Pick a replica and count the request as in flight until the block ends."""
        # step 1: picking and counting are one act, for many threads lease at once; and a request may end in an error
        yield self.pick(key)


class RoundRobin(_Strategy):
    """Each in turn."""

    def __init__(self, replicas: Sequence[Replica]) -> None:
        super().__init__(replicas)
        # step 1: whose turn is it?

    def pick(self, key: str | None = None) -> Replica:
        """The next in turn."""
        # step 1
        return self.replicas[0]


class LeastConnections(_Strategy):
    """The one with the fewest requests in flight, at random among equals: the first would get every quiet moment."""

    def __init__(self, replicas: Sequence[Replica], *, seed: int | None = None) -> None:
        super().__init__(replicas)
        self._random = random.Random(seed)

    def pick(self, key: str | None = None) -> Replica:
        """The least loaded."""
        # step 1
        return self.replicas[0]


class TwoChoices(LeastConnections):
    """The less loaded of two picked at random."""

    def pick(self, key: str | None = None) -> Replica:
        """The less loaded of two."""
        # step 1: two different ones, where there are two
        return self.replicas[0]


class BoundedLoadHash(_Strategy):
    """A hash ring on which no replica serves more than `bound` times the mean."""

    def __init__(self, replicas: Sequence[Replica], *, bound: float = 1.25, points: int = 160) -> None:
        """Put each replica on the ring `points` times: more points, more even shares and a longer ring."""
        super().__init__(replicas)
        if bound <= 1 or points < 1:
            raise ValueError(f"a bounded ring needs a bound above 1 and a point a replica, not {bound} and {points}")
        self.bound = bound
        # step 2: the ring: the points of all replicas in order, and whose each of them is

    def owner(self, key: str) -> Replica:
        """The replica whose point follows the key's hash, whatever its load or health."""
        # step 2
        return self.replicas[0]

    def pick(self, key: str | None = None) -> Replica:
        """The key's owner, or the next replica on the ring that is available and below the bound."""
        # step 3
        return self.replicas[0]


def _place(text: str) -> int:
    """Where on the ring a text falls: 64 bits that do not differ between processes, as `hash` does."""
    return xxhash.xxh3_64_intdigest(text.encode())
