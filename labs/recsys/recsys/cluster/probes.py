"""Startup, readiness and liveness: when each is asked, and what its answers come to, as the kubelet does it.

A probe changes its mind only after `failureThreshold` failures or `successThreshold` successes in a row. Until the
startup probe has succeeded the other two are not asked; a startup or liveness probe that fails has the container
restarted; a readiness probe only decides whether the pod gets traffic. A container without a readiness probe is ready
as soon as it runs.

Source: kubernetes.io "Configure Liveness, Readiness and Startup Probes" (fields and defaults); "Pod Lifecycle",
container probes; pkg/kubelet/prober/worker.go (the counting).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["startup", "readiness", "liveness"]
KINDS: tuple[Kind, ...] = ("startup", "readiness", "liveness")
DEFAULTS = {
    "initialDelaySeconds": 0, "periodSeconds": 10, "timeoutSeconds": 1, "failureThreshold": 3, "successThreshold": 1,
}  # fmt: skip
Change = Literal["started", "ready", "unready", "restart"]


@dataclass(frozen=True, slots=True)
class Probe:
    """One probe of a manifest; times in seconds, `handler` as the manifest has it (`httpGet`, `tcpSocket`, ...)."""

    kind: Kind
    handler: Mapping[str, Any]
    initial_delay: float = 0
    period: float = 10
    timeout: float = 1
    failures: int = 3
    successes: int = 1

    @classmethod
    def of(cls, kind: Kind, data: Mapping[str, Any]) -> Probe:
        """The probe that a container's `startupProbe`, `readinessProbe` or `livenessProbe` describes."""
        delay, period, timeout, failures, successes = (data.get(name) or value for name, value in DEFAULTS.items())
        handler = {name: value for name, value in data.items() if name not in DEFAULTS}
        return cls(kind, handler, delay, max(1, period), max(1, timeout), failures, successes)


@dataclass
class Streak:
    """Counts answers in a row and says what they come to."""

    probe: Probe
    _last: bool | None = None
    _run: int = 0

    def record(self, passed: bool) -> bool | None:
        """Count one answer: True or False once the threshold of such answers is reached, None before."""
        self._run = self._run + 1 if passed == self._last else 1
        self._last = passed
        enough = self._run >= (self.probe.successes if passed else self.probe.failures)
        return passed if enough else None


@dataclass
class Health:
    """The probes of one running container, from the moment at which it began to run."""

    probes: Mapping[Kind, Probe]
    running_since: float
    started: bool = field(init=False)
    _ready: bool = field(init=False)
    _streaks: dict[Kind, Streak] = field(init=False)
    _due: dict[Kind, float] = field(init=False)
    _asked: set[Kind] = field(init=False, default_factory=set)
    _ending: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self.started, self._ready = "startup" not in self.probes, "readiness" not in self.probes
        self._streaks = {kind: Streak(probe) for kind, probe in self.probes.items()}
        self._due = {kind: self.running_since + probe.initial_delay for kind, probe in self.probes.items()}

    @property
    def ready(self) -> bool:
        """Whether the pod may get traffic."""
        return self.started and self._ready

    def due(self, now: float) -> Iterator[Probe]:
        """The probes to ask now; each counts as asked until `record` hears of it."""
        for kind, probe in self.probes.items():
            if self._wanted(kind) and kind not in self._asked and self._due[kind] <= now:
                self._asked.add(kind)
                yield probe

    def record(self, kind: Kind, passed: bool, now: float) -> Change | None:
        """Take note of an answer; what it changes, if anything."""
        self._asked.discard(kind)
        self._due[kind] = max(self._due[kind] + self.probes[kind].period, now)
        verdict = self._streaks[kind].record(passed)
        if verdict is None or not self._wanted(kind):
            return None
        if kind == "readiness":
            return self._turn(verdict)
        if not verdict:
            self._ending = True
            return "restart"
        return self._start(now) if kind == "startup" else None

    def _wanted(self, kind: Kind) -> bool:
        """Whether it is this probe's turn; of a container that is to be restarted only readiness is of interest."""
        return self.started != (kind == "startup") and not (self._ending and kind != "readiness")

    def _start(self, now: float) -> Change:
        """The startup probe succeeded: it is done, and the others begin."""
        self.started = True
        for kind in ("readiness", "liveness"):
            if kind in self._due:
                self._due[kind] = max(self._due[kind], now)
        return "started"

    def _turn(self, ready: bool) -> Change | None:
        changed, self._ready = ready != self._ready, ready
        if not changed:
            return None
        return "ready" if ready else "unready"
