"""Open-loop load on a launched service: requests come when they are due, however slow the answers are.

A closed loop would wait for each answer and so hide the queue that a slow service makes (coordinated omission).
"""

import http.client
import math
import random
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty, Full, Queue
from typing import Any

from studyapp.runner.client import Answer, Client

WAITING = 1000  # requests that are due and unsent; more are dropped, and counted
SKEW = 2.0  # a few users ask for much: user number is users x (uniform ** skew)
PAUSE_SECONDS = 0.1  # how soon a changed rate is noticed
KEPT = 10_000
Body = dict[str, Any]
Draw = Callable[[random.Random], Body]
Hear = Callable[[str, Answer], None]


@dataclass(slots=True)
class Tally:
    """What came of the requests so far; `seconds` are the newest latencies, from the moment that each was due."""

    answered: int = 0
    refused: int = 0  # 5xx
    failed: int = 0  # no answer
    dropped: int = 0  # not even sent: the senders were all waiting
    seconds: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT), repr=False)


def everyday(users: int) -> Draw:
    """What people ask for: users u0 to u<users>, a few of them much more often than the others.

    No hour: the models' reference profiles have none either, so ordinary traffic does not look like drift.
    """
    return lambda rng: {"user": f"u{int(users * rng.random() ** SKEW)}"}


class Traffic:
    """Requests for recommendations at `rate` a second, which may be changed at any time, for `seconds` at most.

    `draw` makes the body of each (by default `everyday(users)`); `hear` is told tenant and answer, in any thread.
    """

    def __init__(
        self,
        client: Client,
        rate: float,
        *,
        seconds: float,
        rng: random.Random,
        users: int = 200,
        senders: int = 8,
        draw: Draw | None = None,
        hear: Hear = lambda tenant, answer: None,
    ) -> None:
        self.rate, self.tally = rate, Tally()
        self._client, self._seconds, self._rng = client, seconds, rng
        self._draw, self._hear = draw or everyday(users), hear
        self._due: Queue[tuple[float, str, Body]] = Queue(WAITING)
        self._ended, self._counting = threading.Event(), threading.Lock()
        self._threads = [
            threading.Thread(target=self._arrive, name="arrivals", daemon=True),
            *(threading.Thread(target=self._send, name="sender", daemon=True) for _ in range(senders)),
        ]

    @property
    def running(self) -> bool:
        """Whether requests are still being made."""
        return not self._ended.is_set()

    def __enter__(self) -> "Traffic":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Make no more requests; those that are under way are waited for."""
        self._ended.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()

    def _arrive(self) -> None:
        """Let requests fall due as a Poisson process."""
        due = time.monotonic()
        end = due + self._seconds
        while not self._ended.is_set() and due < end:
            rate = self.rate
            due = max(due, time.monotonic() - 1.0)  # after a pause of the machine: no flood of what was missed
            gap = self._rng.expovariate(rate) if rate > 0 else math.inf
            due += min(gap, PAUSE_SECONDS)
            if self._ended.wait(max(0.0, due - time.monotonic())):
                return
            if gap <= PAUSE_SECONDS:  # a longer one is drawn anew, which changes nothing: it has no memory
                self._put(due)
        self._ended.set()

    def _put(self, due: float) -> None:
        tenant = self._rng.choice(list(self._client.keys))
        try:
            self._due.put_nowait((due, tenant, self._draw(self._rng)))
        except Full:
            self._count(dropped=1)

    def _send(self) -> None:
        client = Client(self._client.port, self._client.keys)
        while not self._ended.is_set():
            try:
                due, tenant, body = self._due.get(timeout=PAUSE_SECONDS)
            except Empty:
                continue
            try:
                answer = client.request("POST", "/v1/recommendations", body, tenant)
            except (OSError, http.client.HTTPException):
                client.close()
                self._count(failed=1)
                continue
            self.tally.seconds.append(time.monotonic() - due)
            self._count(answered=int(answer.status < 500), refused=int(answer.status >= 500))
            self._hear(tenant, answer)
        client.close()

    def _count(self, **more: int) -> None:
        with self._counting:
            for name, count in more.items():
                setattr(self.tally, name, getattr(self.tally, name) + count)
