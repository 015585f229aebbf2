"""What a scenario works with: the running service, load on it, its figures, and somebody to tell."""

import http.client
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from studyapp.runner.client import Answer, Client
from studyapp.runner.metrics import Snapshot
from studyapp.runner.service import Service
from studyapp.runner.traffic import Draw, Tally, Traffic, everyday

POLL_SECONDS = 0.1
LONGEST_SECONDS = 300.0
Say = Callable[[str], None]


class ScenarioError(Exception):
    """The scenario cannot be played here; the message says why."""


class Interrupted(Exception):
    """The scenario was left before its end."""


@dataclass(slots=True)
class Heard:
    """What the answers to a scenario's load said; every count of the load itself is in `tally`."""

    strategies: Counter[str] = field(default_factory=Counter)
    versions: dict[str, set[str]] = field(default_factory=dict)  # model versions by tenant
    undeclared: int = 0  # 5xx that are no 503 with Retry-After
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def hear(self, tenant: str, answer: Answer) -> None:
        """Note one answer."""
        declared = answer.status == 503 and "retry-after" in answer.headers
        said = answer.json if answer.status == 200 else {}
        with self._lock:
            self.undeclared += int(answer.status >= 500 and not declared)
            if said:
                self.strategies[said["strategy"]] += 1
                self.versions.setdefault(tenant, set()).add(str(said["model_version"]))


@dataclass(slots=True)
class Load:
    """A scenario's own traffic, and what was heard of it."""

    traffic: Traffic
    heard: Heard

    @property
    def tally(self) -> Tally:
        """Its counts."""
        return self.traffic.tally


class Scene:
    """One playing of a scenario; `loads` is where its traffic is counted by whoever shows it."""

    def __init__(
        self,
        service: Service,
        say: Say,
        *,
        rate: float,
        rng: random.Random,
        left: threading.Event,
        loads: list[Traffic],
    ) -> None:
        """`rate` is that of ordinary traffic, requests a second; `left` is set when nobody waits any more."""
        self.service, self.say, self.rate, self.rng = service, say, rate, rng
        self.client = Client(service.client.port, service.keys)
        self._left, self._loads = left, loads

    @contextmanager
    def load(self, rate: float, draw: Draw | None = None, tenant: str = "") -> Iterator[Load]:
        """Traffic of the scenario's own while the block runs, of one tenant or of all."""
        keys = {tenant: self.service.keys[tenant]} if tenant else self.service.keys
        heard = Heard()
        traffic = Traffic(
            Client(self.client.port, keys), rate, seconds=LONGEST_SECONDS, rng=self.rng, draw=draw, hear=heard.hear
        )
        self._loads.append(traffic)
        with traffic:
            yield Load(traffic, heard)

    def fresh(self, users: int = 200) -> Draw:
        """Everyday requests that no cache has an answer to: each leaves another item out."""
        drawn = everyday(users)
        return lambda rng: {**drawn(rng), "exclude": [f"none:{rng.getrandbits(48):x}"]}

    def metrics(self) -> Snapshot:
        """The service's figures now. Raises ScenarioError when it is gone."""
        while True:
            try:
                return self.client.metrics()
            except (OSError, http.client.HTTPException, ValueError):
                self.client.close()
                if not self.service.child.running:
                    raise ScenarioError("the service has ended; its log says why") from None
                self.pause(POLL_SECONDS)

    def value(self, name: str) -> float:
        """The sum of one metric over its labels."""
        return sum(value for _, value in self.metrics().of(name))

    def pause(self, seconds: float) -> None:
        """Let time pass. Raises Interrupted."""
        if self._left.wait(seconds):
            raise Interrupted

    def until(self, holds: Callable[[], object], seconds: float) -> float | None:
        """The seconds that it took until a condition held; None where it did not in time. Raises Interrupted."""
        begun = time.monotonic()
        while not holds():
            if time.monotonic() - begun > seconds:
                return None
            self.pause(POLL_SECONDS)
        return time.monotonic() - begun

    def close(self) -> None:
        """Let go of the connection."""
        self.client.close()
