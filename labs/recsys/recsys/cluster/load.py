"""Requests at a steady rate, however slow the answers are, each on a connection of its own; every failure is kept.

Open loop: a caller who waited for each answer would send less just when the service fails, and count too few failures
(coordinated omission). The spacing is even, so that two rehearsals meet the same requests.
"""

from __future__ import annotations

import http.client
import itertools
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from recsys.backend import LOOPBACK

SENDERS, TIMEOUT, USERS = 32, 5.0, 50


@dataclass(frozen=True, slots=True)
class Failure:
    """A request that was not answered well, at which second, and how."""

    at: float
    how: str


@dataclass
class Tally:
    """What came of the requests; seconds are real ones, from the moment that each was due."""

    answered: int = 0
    failures: list[Failure] = field(default_factory=list)
    strategies: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    _counting: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def failed(self) -> int:
        """Requests that had no answer, or one that is not 200."""
        return len(self.failures)

    def quantile(self, share: float) -> float:
        """The seconds within which a share of the answers came; 0 without any."""
        ordered = sorted(self.seconds)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else 0.0

    def count(self, seconds: float, strategy: str) -> None:
        """Count an answer."""
        with self._counting:
            self.answered += 1
            self.seconds.append(seconds)
            self.strategies[strategy] += 1

    def fail(self, at: float, how: str) -> None:
        """Count a failure."""
        with self._counting:
            self.failures.append(Failure(round(at, 2), how))


class Load:
    """`rate` requests a real second at a port while the context lasts; `keys` are API keys by tenant."""

    def __init__(self, port: int, keys: Mapping[str, str], rate: float, clock: Callable[[], float]) -> None:
        if not rate > 0:
            raise ValueError(f"a rate is above 0 requests a second, not {rate}")
        self.tally = Tally()
        self._port, self._keys, self._rate, self._clock = port, list(keys.values()), rate, clock
        self._pool, self._leave = ThreadPoolExecutor(SENDERS, "callers"), threading.Event()
        self._arrivals = threading.Thread(target=self._arrive, name="arrivals", daemon=True)

    def __enter__(self) -> Load:
        self._arrivals.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Send no more; what is under way is waited for. May be called twice."""
        self._leave.set()
        self._arrivals.join()
        self._pool.shutdown()

    def _arrive(self) -> None:
        begun = time.monotonic()
        for number in itertools.count():
            due = begun + number / self._rate
            if self._leave.wait(max(0.0, due - time.monotonic())):
                return
            self._pool.submit(self._ask, number, due)

    def _ask(self, number: int, due: float) -> None:
        key, body = self._keys[number % len(self._keys)], {"user": f"u{number % USERS}", "hour": 9}
        connection = http.client.HTTPConnection(LOOPBACK, self._port, timeout=TIMEOUT)
        try:
            headers = {"X-Api-Key": key, "Content-Type": "application/json"}
            connection.request("POST", "/v1/recommendations", json.dumps(body), headers)
            response = connection.getresponse()
            answer = response.read()
            if response.status == 200:
                self.tally.count(time.monotonic() - due, json.loads(answer)["strategy"])
            else:
                self.tally.fail(self._clock(), f"status {response.status}")
        except TimeoutError:
            self.tally.fail(self._clock(), f"no answer within {TIMEOUT:g} s")
        except (OSError, http.client.HTTPException, ValueError):
            self.tally.fail(self._clock(), "no answer: the connection was refused or cut")
        finally:
            connection.close()
