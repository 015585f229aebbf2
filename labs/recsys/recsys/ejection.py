"""Outlier ejection: take a replica out of rotation when its requests fail, and let it back to be tried again.

A readiness probe asks every few seconds; real requests notice sooner. After `failures` in a row the replica is
ejected for `base` seconds, twice as long each time in a row it happens again. Never more than `max_share` of the
replicas: when all fail, the cause lies elsewhere (a dependency, a bad deploy), and ejecting all of them turns errors
into an outage. Source: Envoy's outlier detection.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from recsys.balance import Replica


@dataclass
class _Record:
    failures: int = 0
    ejections: int = 0
    until: float = 0.0


class Ejector:
    """Turns `Replica.available` off and on by the outcome of its requests."""

    def __init__(
        self,
        replicas: Sequence[Replica],
        *,
        failures: int = 5,
        base: float = 30.0,
        longest: float = 300.0,
        max_share: float = 0.5,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Eject after `failures` in a row for `base` seconds, doubling up to `longest`."""
        self.replicas = list(replicas)
        self.failures, self.base, self.longest, self.max_share = failures, base, longest, max_share
        self._clock = clock
        self._lock = threading.Lock()
        self._records = {replica.name: _Record() for replica in replicas}

    def add(self, replica: Replica) -> None:
        """Watch one more, with a clean record."""
        with self._lock:
            self.replicas.append(replica)
            self._records[replica.name] = _Record()

    def remove(self, replica: Replica) -> None:
        """Forget one that is gone for good."""
        with self._lock:
            self.replicas.remove(replica)
            del self._records[replica.name]

    def record(self, replica: Replica, *, ok: bool) -> None:
        """Tell how a request to `replica` ended."""
        with self._lock:
            record = self._records[replica.name]
            if ok:
                record.failures = 0
                record.ejections = max(record.ejections - 1, 0)
                return
            record.failures += 1
            if replica.available and record.failures >= self.failures and self._may_eject():
                record.ejections += 1
                record.until = self._clock() + min(self.base * 2 ** (record.ejections - 1), self.longest)
                record.failures = 0
                replica.available = False

    def readmit(self) -> list[Replica]:
        """Let back those whose time is over; call it before picking, or on a timer."""
        with self._lock:
            now = self._clock()
            back = [each for each in self.replicas if not each.available and 0 < self._records[each.name].until <= now]
            for replica in back:
                replica.available = True
                self._records[replica.name].until = 0.0
            return back

    def _may_eject(self) -> bool:
        out = sum(not replica.available for replica in self.replicas)
        return out + 1 <= max(int(self.max_share * len(self.replicas)), 1) and out + 1 < len(self.replicas)
