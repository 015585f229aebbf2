"""Outlier ejection: take a replica out of rotation when its requests fail, and let it back to be tried again.

Yours to write. As it stands nothing is ever ejected: requests go on failing on a dead replica until a probe notices.
Source: Envoy's outlier detection.
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
        # step 4: failures in a row eject, each time in a row for twice as long

    def readmit(self) -> list[Replica]:
        """Let back those whose time is over; call it before picking, or on a timer."""
        # step 4: those that you have ejected, and nobody else
        return []

    def _may_eject(self) -> bool:
        """Whether one more may go: at most `max_share` of them (one at least), and never the last."""
        # step 4
        return False
