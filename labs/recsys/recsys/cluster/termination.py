"""How a container ends, and how long it waits before it begins again.

When a pod is deleted two things begin at once: its endpoint is taken away, which reaches every proxy a moment later,
and its preStop hook runs. TERM comes when the hook has ended, KILL when the grace period has, which began with the
hook. A hook that outlives the grace period is given two seconds more.

Source: kubernetes.io "Pod Lifecycle": termination of Pods; "Pod Lifecycle": how Pods handle problems with containers
(back-off of 10 s, doubled up to 300 s, forgotten after 10 minutes of running; the first restart is immediate).
"""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT_GRACE = 30.0
EXTENSION = 2.0
FIRST, LONGEST, FORGOTTEN = 10.0, 300.0, 600.0


@dataclass(frozen=True, slots=True)
class Termination:
    """Seconds of the preStop hook and of the grace period."""

    hook: float = 0.0
    grace: float = DEFAULT_GRACE

    @property
    def term(self) -> float:
        """Seconds from the deletion until TERM."""
        return min(self.hook, self.grace)

    @property
    def kill(self) -> float:
        """Seconds from the deletion until KILL."""
        return self.grace + (EXTENSION if self.hook >= self.grace > 0 else 0.0)


@dataclass
class BackOff:
    """The waits before a container's restarts."""

    _next: float = 0.0

    def wait(self, ran: float) -> float:
        """Seconds to wait, given how long the container ran that has just ended."""
        if ran >= FORGOTTEN:
            self._next = 0.0
        now, self._next = self._next, min(max(FIRST, self._next * 2), LONGEST)
        return now
