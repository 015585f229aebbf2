"""A quota of requests for each tenant: a noisy neighbour is refused before it is noticed.

A shared service degrades for everybody when one tenant sends too much; shedding (`recsys.shedding`) protects the
service and refuses whoever comes next, the quiet tenants too. A quota refuses the one who exceeds it. It is a token
bucket: `rate` tokens a second flow in, a request takes one, and what was saved, up to `burst`, may be spent at once, so
that a page that asks for five lists is not refused for it. 429 says "you", where 503 says "we".

A request is a request, whatever it costs; what batches may cost together is the shedder's business. Each process counts
for itself: behind several, let whoever is in front of them count (a gateway, `recsys.fleet`).
Source: RFC 6585, 4 (429 and Retry-After); Turner, New directions in communications, 1986 (the leaky bucket as a meter).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

BURST_SECONDS = 2.0


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class TenantQuota:
    """One bucket a tenant; thread-safe. There are as many as tenants with a key, which callers cannot add to."""

    def __init__(self, rate: float, burst: float | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        """`rate` in requests a second, 0 for no limit; `burst` in requests, by default two seconds' worth."""
        self.rate = rate
        self.burst = max(1.0, BURST_SECONDS * rate) if burst is None else burst
        if rate < 0 or self.burst < 1:
            raise ValueError(f"a quota needs a rate of 0 or more and a burst of 1 or more, not {rate} and {burst}")
        self._clock, self._lock = clock, threading.Lock()
        self._buckets: dict[str, _Bucket] = {}

    def take(self, tenant: str) -> float:
        """0.0 where the request may pass, else the seconds until the next one may; nothing is taken then."""
        if not self.rate:
            return 0.0
        with self._lock:
            now = self._clock()
            bucket = self._buckets.setdefault(tenant, _Bucket(self.burst, now))
            bucket.tokens = min(self.burst, bucket.tokens + (now - bucket.at) * self.rate)
            bucket.at = now
            if bucket.tokens < 1:
                return (1 - bucket.tokens) / self.rate
            bucket.tokens -= 1
            return 0.0
