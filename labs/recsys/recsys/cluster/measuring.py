"""What the metrics pipeline of a cluster would know of each pod: its CPU, and its requests a second."""

from __future__ import annotations

import http.client
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import psutil

from recsys.backend import LOOPBACK
from recsys.cluster.autoscaler import Gauge, Reading, requests_total

TIMEOUT = 2.0


class Target(NamedTuple):
    """A pod to measure: its container's process and port, 0 where none runs."""

    name: str
    pid: int
    port: int
    ready: bool
    gone: bool


@dataclass
class Meters:
    """Measures pods again and again; rates are per real second, since the load and the processor are real."""

    _cpu: Gauge = field(default_factory=lambda: Gauge(time.monotonic))
    _requests: Gauge = field(default_factory=lambda: Gauge(time.monotonic))

    def read(self, targets: Sequence[Target]) -> list[Reading]:
        """A reading of each pod."""
        return [
            Reading(
                self._cpu.rate(one.name, cpu_seconds(one.pid)), self._requests.rate(one.name, scraped(one.port)),
                one.ready, one.gone,
            )
            for one in targets
        ]  # fmt: skip


def cpu_seconds(pid: int) -> float | None:
    """Processor seconds that a process has used, None where there is none."""
    try:
        times = psutil.Process(pid).cpu_times() if pid else None
    except psutil.Error:
        return None
    return times.user + times.system if times else None


def scraped(port: int) -> float | None:
    """The requests that a pod says it has had, None where it does not answer."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=TIMEOUT)
    try:
        connection.request("GET", "/metrics")
        return requests_total(connection.getresponse().read().decode())
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
