"""Which pods the proxies send traffic to: those that were ready a moment ago.

A pod's readiness travels from the kubelet to the API server, into an EndpointSlice, and from there to the proxy on
every node. Until it has arrived, traffic goes where it went before: to a pod that is being stopped already too.

Source: kubernetes.io "Pod Lifecycle": termination of Pods; "Explore Termination Behavior for Pods And Their
Endpoints".
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

Address = int | None
"""The local port of a pod; None where the Service's target port is one on which nobody listens."""


@dataclass
class Endpoints:
    """The ready pods as proxies know them, `lag` seconds after they changed."""

    lag: float
    known: tuple[tuple[str, Address], ...] = ()
    """Name and address of each; replaced as a whole, so that another thread reads one state or the next."""
    _wanted: dict[str, Address] = field(default_factory=dict)
    _waiting: deque[tuple[float, tuple[tuple[str, Address], ...]]] = field(default_factory=deque)

    def update(self, ready: dict[str, Address], now: float) -> None:
        """Say which pods are ready now, and let proxies learn what is due."""
        if ready != self._wanted:
            self._wanted = dict(ready)
            self._waiting.append((now + self.lag, tuple(ready.items())))
        while self._waiting and self._waiting[0][0] <= now:
            self.known = self._waiting.popleft()[1]
