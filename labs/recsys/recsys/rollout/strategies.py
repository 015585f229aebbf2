"""The three ways to put a new version in front of visitors, each behind one splitter: canary, blue-green, shadow.

| strategy | who meets the new version | compared | costs |
|---|---|---|---|
| shadow | nobody | side by side, without anybody's reaction | double the machines |
| canary | a growing share | side by side | both versions answer at once |
| blue-green | everybody, at once | before and after | double the machines, a fault meets all |
"""

import http.client
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from recsys.passing import LOOPBACK
from recsys.rollout.acceptance import RECOMMENDATIONS, Acceptance
from recsys.rollout.audit import AuditTrail
from recsys.rollout.blue_green import BlueGreenRelease
from recsys.rollout.canary import CanaryPolicy, Progress
from recsys.rollout.measurement import Meter
from recsys.rollout.proxy import Exchange, Splitter
from recsys.rollout.release import CanaryRelease
from recsys.rollout.shadow import Shadow, overlap
from recsys.rollout.shadow_release import ShadowRelease
from recsys.rollout.traffic import BlueGreen, CanarySplit

Strategy = Literal["canary", "blue-green", "shadow"]
OLD, NEW = "stable", "canary"
MIN_AGREEMENT = 0.2


class Release(Protocol):
    """A release under way."""

    def tick(self) -> Progress:
        """Judge and act; how far it is."""
        ...


@dataclass(frozen=True, slots=True)
class Terms:
    """What a release is decided by, where that is written down, and what a good one leads to."""

    policy: CanaryPolicy
    audit: AuditTrail
    promote: Callable[[], None]
    healthy: Callable[[int], bool]
    """Whether the version on this port says that it is ready."""
    min_agreement: float = MIN_AGREEMENT
    """Share of a shadow's lists that the old version's lists must have too."""


class UnderWay(NamedTuple):
    """A splitter that visitors talk to, and the release that moves it."""

    splitter: Splitter
    release: Release


@contextmanager
def release_by(strategy: Strategy, ports: Mapping[str, int], terms: Terms) -> Iterator[UnderWay]:
    """A release of the version `NEW` in place of `OLD`, whose loopback ports are given, for as long as the block."""
    start = {"canary": _canary, "blue-green": _blue_green, "shadow": _shadow}[strategy]
    with start(ports, terms) as under_way, under_way.splitter.running():
        yield under_way


@contextmanager
def _canary(ports: Mapping[str, int], terms: Terms) -> Iterator[UnderWay]:
    split = CanarySplit(OLD, NEW)
    with Splitter(split, ports) as splitter:
        splitter.observe = Acceptance(splitter.meters).observe
        meters = splitter.meters[OLD], splitter.meters[NEW]
        release = CanaryRelease(terms.policy, split, meters, terms.audit, time.monotonic, terms.promote)
        yield UnderWay(splitter, release)


@contextmanager
def _blue_green(ports: Mapping[str, int], terms: Terms) -> Iterator[UnderWay]:
    pair = BlueGreen(OLD, NEW)
    with Splitter(pair, ports) as splitter:
        splitter.observe = Acceptance(splitter.meters).observe
        release = BlueGreenRelease(
            terms.policy, pair, splitter.meters, terms.audit, time.monotonic, terms.promote,
            healthy=lambda name: terms.healthy(ports[name]),
        )  # fmt: skip
        yield UnderWay(splitter, release)


@contextmanager
def _shadow(ports: Mapping[str, int], terms: Terms) -> Iterator[UnderWay]:
    with Splitter(BlueGreen(OLD, NEW), ports) as splitter:
        asked = _Asked(ports[NEW], splitter.meters[NEW])
        with Shadow(asked.list_for, overlap) as shadow:

            def observe(exchange: Exchange) -> None:
                if exchange.path == RECOMMENDATIONS and exchange.status == 200:
                    shadow.mirror(exchange, _items(exchange.answer))

            splitter.observe = observe
            meters = splitter.meters[OLD], splitter.meters[NEW]
            release = ShadowRelease(
                terms.policy, shadow.report, meters, terms.audit, time.monotonic, terms.promote, terms.min_agreement
            )
            yield UnderWay(splitter, release)


class _Asked:
    """The version in the shadow, asked what a user has asked; its errors and latencies go into its meter."""

    def __init__(self, port: int, meter: Meter) -> None:
        self._port, self._meter = port, meter

    def list_for(self, exchange: Exchange) -> list[str]:
        """The items of its answer. Raises OSError, HTTPException, ValueError or KeyError where it gives no list."""
        began, items = time.perf_counter(), None
        try:
            items = self._ask(exchange)
        finally:
            self._meter.record(failed=items is None, latency=time.perf_counter() - began)
        return items

    def _ask(self, exchange: Exchange) -> list[str]:
        connection = http.client.HTTPConnection(LOOPBACK, self._port, timeout=5)
        try:
            headers = {"X-Api-Key": exchange.caller, "Content-Type": "application/json"}
            connection.request("POST", exchange.path, exchange.body, headers)
            return _items(connection.getresponse().read())
        finally:
            connection.close()


def _items(answer: bytes) -> list[str]:
    return [one["item"] for one in json.loads(answer)["items"]]
