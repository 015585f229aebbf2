"""A pod with a real process: started, probed, restarted with back-off, and ended as a kubelet ends it."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field

import psutil

from recsys.cluster.asking import Reply
from recsys.cluster.probes import Health, Kind, Probe
from recsys.cluster.runtime import ConfigError, Runtime
from recsys.cluster.termination import BackOff, Termination
from recsys.cluster.timeline import Timeline

MEMORY_EVERY = 1.0
MEBIBYTE = 2**20


@dataclass
class Pod:
    """One replica of a revision. `tick` brings it up to the moment; only one thread may."""

    name: str
    revision: int
    runtime: Runtime
    timeline: Timeline
    created: float
    process: subprocess.Popen[bytes] | None = None
    port: int = 0
    health: Health | None = None
    restarts: int = 0
    ready_since: float | None = None
    deleted: float | None = None
    gone: bool = False
    said: str = ""
    """What the probe that failed last was told."""
    _starts: float = 0.0
    _started: float = 0.0
    _looked: float = 0.0
    _stopping: float | None = None
    _signalled: bool = False
    _backoff: BackOff = field(default_factory=BackOff)

    @property
    def ready(self) -> bool:
        """Whether it may get traffic."""
        return self.deleted is None and self.ready_since is not None

    def available(self, least: float, now: float) -> bool:
        """Whether it has been ready for `least` seconds."""
        return self.ready and self.ready_since is not None and now - self.ready_since >= least

    def tick(self, now: float) -> None:
        """Start it where it is due to start, notice that it ended, end it where that is due."""
        if self.gone:
            return
        if self.process is None:
            if self.deleted is not None:
                self._end()
            elif now >= self._starts:
                self._start(now)
        elif self.process.poll() is not None:
            self._ended(now)
        elif self._stopping is not None:
            self._stop(now)
        else:
            self._watch_memory(now)

    def due(self, now: float) -> Iterator[Probe]:
        """The probes to ask now; of a pod that is deleted none any more."""
        if self.health is not None and self.deleted is None:
            yield from self.health.due(now)

    def record(self, kind: Kind, reply: Reply, health: Health, now: float) -> None:
        """Take note of a probe's answer; one that a container before this one gave counts no more."""
        if health is not self.health or self.deleted is not None:
            return
        change = health.record(kind, reply.passed, now)
        self.said = self.said if reply.passed else reply.said
        if change in ("started", "ready", "unready"):
            self._turned(now, f"{kind} probe: {reply.said}")
        elif change == "restart" and self._stopping is None:
            seconds = health.probes[kind].failures * health.probes[kind].period
            self._note("Unhealthy", f"{kind} probe failed for about {seconds:g} s: {reply.said}; it is restarted")
            self._begin_stop(now)

    def delete(self, now: float) -> None:
        """Delete the pod: it gets no new traffic from now on, as far as proxies know, and its hook begins."""
        self.deleted = now
        plan = self.runtime.spec.termination
        self._note("Killing", f"hook {plan.hook:g} s, then TERM; KILL after {plan.grace:g} s of grace")
        if self.process is not None and self._stopping is None:
            self._begin_stop(now)

    def kill(self) -> None:
        """End it at once, whatever it is doing."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            _closed(self.process)
        self.gone = True

    def _start(self, now: float) -> None:
        try:
            self.process, self.port = self.runtime.start(self.name)
        except ConfigError as error:
            self._note("CreateContainerConfigError", str(error))
            self._starts = now + max(1.0, self._backoff.wait(0))
            return
        self._started = self._looked = now
        self.health = Health(self.runtime.spec.probes, now)
        self._note("Started", f"process {self.process.pid} on port {self.port}")
        self._turned(now, "no readiness probe: ready as soon as it runs")

    def _turned(self, now: float, why: str) -> None:
        """Notice when it becomes ready, or stops being so."""
        ready = self.health is not None and self.health.ready
        if ready and self.ready_since is None:
            self.ready_since = now
            self._note("Ready", why)
        elif not ready and self.ready_since is not None:
            self.ready_since = None
            self._note("Unready", why)

    def _begin_stop(self, now: float) -> None:
        self._stopping, self._signalled = now, False

    def _stop(self, now: float) -> None:
        """TERM when the hook is over, KILL when the grace period is."""
        assert self.process is not None
        assert self._stopping is not None
        plan: Termination = self.runtime.spec.termination
        since = now - self._stopping
        if not self._signalled and since >= plan.term:
            self._signalled = True
            self.process.send_signal(signal.SIGTERM)
            self._note("TERM", f"after {since:.1f} s")
        elif self._signalled and since >= plan.kill:
            self.process.kill()
            self._note("KILL", f"it had not ended within {plan.kill:g} s")

    def _ended(self, now: float) -> None:
        """The process is gone: so is a deleted pod; any other starts its container again."""
        assert self.process is not None
        status = _closed(self.process)
        self.process = self.health = None
        stopped, self._stopping, self.ready_since = self._stopping is not None, None, None
        if self.deleted is not None:
            self._end()
            return
        self.restarts += 1
        wait = self._backoff.wait(now - self._started)
        self._starts = now + wait
        if not stopped:
            self._note("Died", f"{_status(status)}{self._last_words()}")
        if wait:
            self._note("BackOff", f"CrashLoopBackOff: it starts again in {wait:g} s")

    def _last_words(self) -> str:
        words = self.runtime.last_words(self.name)
        return f'; its last words: "{words}"' if words else ""

    def _end(self) -> None:
        self.gone = True
        self._note("Gone")

    def _watch_memory(self, now: float) -> None:
        """Kill it above its memory limit, as the kernel would."""
        limit = self.runtime.spec.memory_limit
        if limit is None or now - self._looked < MEMORY_EVERY or self.process is None:
            return
        self._looked = now
        used = resident(self.process.pid)
        if used > limit:
            self.process.kill()
            self._note("OOMKilled", f"{used / MEBIBYTE:.0f} MiB, above its limit of {limit / MEBIBYTE:.0f} MiB")

    def _note(self, reason: str, message: str = "") -> None:
        self.timeline.add(self.name, reason, message)


def resident(pid: int) -> int:
    """The bytes of memory that a process has; 0 once it is gone."""
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


def _closed(process: subprocess.Popen[bytes]) -> int:
    """Let go of a process that has ended; its exit status."""
    if process.stdin is not None:
        process.stdin.close()
    return process.returncode


def _status(status: int) -> str:
    if status >= 0:
        return f"exit status {status}"
    return f"killed by {signal.Signals(-status).name} (status {128 - status})"
