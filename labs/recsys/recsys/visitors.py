"""Simulated visitors for a rehearsal: they ask for a list and use what the held-out events say that they used.

Open loop: visits begin at random moments (Poisson), whether the service keeps up or not, as people do. A closed loop,
in which each visitor waits for the answer before the next comes, would slow down with the service and hide it.
"""

from __future__ import annotations

import http.client
import json
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from recsys.evaluation import relevant_items
from recsys.events import Events

THREADS = 8


@dataclass(frozen=True, slots=True)
class Visitor:
    """A user and what they want."""

    tenant: str
    user: str
    wants: tuple[str, ...]


def visitors_of(past: Events, future: Events) -> list[Visitor]:
    """Users who used something new after the split."""
    return [
        Visitor(tenant, user, tuple(sorted(items)))
        for tenant in past.tenants()
        for user, items in sorted(relevant_items(past.of_tenant(tenant), future.of_tenant(tenant)).items())
    ]


class Crowd:
    """Visits at `rate` a second for as long as the context lasts; counts the statuses of lists and of events."""

    def __init__(
        self, port: int, keys: Mapping[str, str], visitors: Sequence[Visitor], rate: float, seed: int = 0
    ) -> None:
        if not visitors or rate <= 0:
            raise ValueError("a crowd needs visitors and a rate above 0")
        self._port, self._keys, self._visitors, self._rate = port, keys, visitors, rate
        self._random = np.random.default_rng(seed)
        self._pool, self._leave = ThreadPoolExecutor(THREADS, "visitors"), threading.Event()
        self._arrivals = threading.Thread(target=self._arrive, name="arrivals", daemon=True)
        self.lists: Counter[int] = Counter()
        self.events: Counter[int] = Counter()

    def __enter__(self) -> Crowd:
        self._arrivals.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._leave.set()
        self._arrivals.join()
        self._pool.shutdown(cancel_futures=True)

    def _arrive(self) -> None:
        while not self._leave.wait(self._random.exponential(1 / self._rate)):
            visitor = self._visitors[int(self._random.integers(len(self._visitors)))]
            self._pool.submit(self._visit, visitor, float(self._random.random()))

    def _visit(self, visitor: Visitor, chance: float) -> None:
        """Ask, then look at something wanted: the first such item of the list, else one that was not in it."""
        status, answer = self._post(visitor, "/v1/recommendations", {"user": visitor.user})
        self.lists[status] += 1
        if status != 200:
            return
        shown = [one["item"] for one in json.loads(answer)["items"]]
        wanted = [item for item in shown if item in visitor.wants]
        item = wanted[0] if wanted else visitor.wants[int(chance * len(visitor.wants))]
        event = {"user": visitor.user, "item": item, "event": "view"}
        self.events[self._post(visitor, "/v1/events", {"events": [event]})[0]] += 1

    def _post(self, visitor: Visitor, path: str, body: object) -> tuple[int, bytes]:
        """Status and body; 0 where nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        headers = {"X-Api-Key": self._keys[visitor.tenant], "X-User-Id": f"{visitor.tenant}:{visitor.user}"}
        try:
            connection.request("POST", path, json.dumps(body), headers | {"Content-Type": "application/json"})
            response = connection.getresponse()
            return response.status, response.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            connection.close()
