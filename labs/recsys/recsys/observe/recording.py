"""Where there is promtool and no Prometheus: scrape a service, keep the series, let promtool evaluate rules on them.

It answers as `Prometheus` does. Times are stretched instead of shortened: samples that were taken `every` seconds apart
count as `every` x `faster` apart, so the rules stay as they are. promtool evaluates everything anew at each question,
which takes longer the more there is: good for a minute of looking, not for a night.
"""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType

from prometheus_client.parser import text_string_to_metric_families

from recsys.observe.prometheus import Alert
from recsys.observe.promtool import Sample, Series, evaluate

GAP = "_"
STALE = "stale"


class Recorded:
    """Scrapes `target` (host:port) as `job` while the block lasts."""

    def __init__(
        self, rules: Sequence[Path], target: str, *, job: str = "recsys", every: float = 0.5, faster: float = 60.0
    ) -> None:
        self._rules, self._target, self._job, self._every = rules, target, job, every
        self._step = every * faster
        self._values: dict[str, list[str]] = {}
        self._scrapes = 0
        self._lock, self._ended = threading.Lock(), threading.Event()
        self._thread = threading.Thread(target=self._scrape, name="scrapes", daemon=True)

    def __enter__(self) -> Recorded:
        """Begin to scrape."""
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Scrape no more."""
        self._ended.set()
        self._thread.join()

    def ask(self, expression: str) -> list[Sample]:
        """What an expression comes to now. Raises PromtoolError."""
        with self._lock:
            series = [Series(name, " ".join(values)) for name, values in self._values.items()]
            last = max(0, self._scrapes - 1)
        milliseconds = round(self._step * 1000)
        (found,) = evaluate(
            self._rules, series, [(expression, f"{last * milliseconds}ms")], interval=f"{milliseconds}ms"
        )
        return found

    def alerts(self) -> list[Alert]:
        """The alerts that are pending or firing. Raises PromtoolError."""
        return [Alert(one.labels["alertname"], one.labels["alertstate"], one.labels) for one in self.ask("ALERTS")]

    def until(self, holds: Callable[[], object], seconds: float) -> bool:
        """Whether a condition came true in time."""
        deadline = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > deadline:
                return False
            self._ended.wait(self._every)
        return True

    def _scrape(self) -> None:
        due = time.monotonic()
        while not self._ended.wait(max(0.0, due - time.monotonic())):
            due += self._every
            self._keep(self._samples())

    def _samples(self) -> dict[str, float]:
        """One scrape: value by series; `up` tells whether there was an answer."""
        mine = {"job": self._job, "instance": self._target}
        connection = http.client.HTTPConnection(self._target, timeout=self._every)
        try:
            connection.request("GET", "/metrics")
            text = connection.getresponse().read().decode()
        except (OSError, http.client.HTTPException):
            return {_named("up", mine): 0.0}
        finally:
            connection.close()
        families = text_string_to_metric_families(text)
        samples = {_named(one.name, one.labels | mine): one.value for family in families for one in family.samples}
        return samples | {_named("up", mine): 1.0}

    def _keep(self, found: dict[str, float]) -> None:
        """A value for each series that is there, a marker of staleness for each that has just gone."""
        with self._lock:
            for name in found.keys() - self._values.keys():
                self._values[name] = [GAP] * self._scrapes
            for name, values in self._values.items():
                gone = GAP if not values or values[-1] in (GAP, STALE) else STALE
                values.append(repr(found[name]) if name in found else gone)
            self._scrapes += 1


def _named(name: str, labels: dict[str, str]) -> str:
    inside = ", ".join(f'{key}="{_escaped(value)}"' for key, value in sorted(labels.items()))
    return f"{name}{{{inside}}}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
