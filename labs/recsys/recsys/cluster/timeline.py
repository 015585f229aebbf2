"""What happened and when, in seconds of the cluster's own clock."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Clock:
    """Seconds since it was made, `speed` times as fast as real ones.

    Everything that a manifest gives in seconds is waited for by this clock. What a process does by itself (starting,
    answering) takes real time, and so looks `speed` times as slow.
    """

    speed: float = 1.0
    source: Callable[[], float] = time.monotonic
    _begun: float = field(init=False)

    def __post_init__(self) -> None:
        self._begun = self.source()

    def __call__(self) -> float:
        """The seconds now."""
        return (self.source() - self._begun) * self.speed


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, `at` so many seconds, to whom, in a reason of one word and a sentence."""

    at: float
    subject: str
    reason: str
    message: str = ""

    def __str__(self) -> str:
        return f"{self.at:7.1f} s  {self.subject:<18} {self.reason:<22} {self.message}".rstrip()


@dataclass
class Timeline:
    """Events in the order in which they happened; `tell` hears of each at once."""

    clock: Callable[[], float]
    tell: Callable[[Event], object] = lambda event: None
    events: list[Event] = field(default_factory=list)
    _writing: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(self, subject: str, reason: str, message: str = "") -> None:
        """Note that something happens now."""
        with self._writing:
            event = Event(round(self.clock(), 2), subject, reason, message)
            self.events.append(event)
            self.tell(event)

    def when(self, reason: str, subject: str = "") -> list[float]:
        """The moments at which something happened, to one subject or to any."""
        return [one.at for one in self.events if one.reason == reason and subject in ("", one.subject)]
