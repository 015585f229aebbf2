"""A lab's service while somebody watches it: launched, loaded, read every second, broken on purpose, stopped.

It belongs to no screen and knows none. What waits (`launch`, `look`, `play`, `experiment`) is called from threads;
`close` may be called from any, at any time, and leaves nothing running.
"""

import http.client
import os
import random
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from studyapp.domain.labs import Experiment
from studyapp.domain.predictions import Outcome
from studyapp.runner import scenarios
from studyapp.runner.breakage import why
from studyapp.runner.client import Client
from studyapp.runner.experiments import run_experiment
from studyapp.runner.metrics import Figures, Snapshot, figures
from studyapp.runner.processes import Supervisor
from studyapp.runner.scenarios import Interrupted, Report, Scenario, Scene
from studyapp.runner.service import Service, ServiceError
from studyapp.runner.service_log import ServiceLog
from studyapp.runner.traffic import Tally, Traffic
from studyapp.runner.workspace import Workspace

Say = Callable[[str], None]
KEPT = 120  # readings: two minutes
LONGEST_SECONDS = 12 * 3600.0  # of traffic: nobody watches for longer
RATES = (0.0, 1.0, 2.0, 5.0, 10.0, 20.0, 40.0, 80.0, 150.0, 300.0)


class Phase(StrEnum):
    """Where the service is."""

    STOPPED = "stopped"
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of all traffic so far, and the requests a second that are asked for now."""

    rate: float = 0.0
    answered: int = 0
    refused: int = 0
    failed: int = 0
    dropped: int = 0

    @property
    def sent(self) -> int:
        """Requests that came to an end."""
        return self.answered + self.refused + self.failed


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at the service: its figures since the last one, None where it was too busy, and the news of its log."""

    figures: Figures | None
    sent: Sent
    news: tuple[str, ...] = ()


@dataclass(slots=True)
class LabSession:
    """One lab's running service. `readings` are the latest looks at it, oldest first."""

    workspace: Workspace
    rng: random.Random
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    readings: deque[Reading] = field(default_factory=lambda: deque(maxlen=KEPT))
    phase: Phase = Phase.STOPPED
    replicas: int = 1  # how many were launched
    launches: int = 0  # a number for the present launch
    _supervisor: Supervisor = field(init=False)
    _service: Service | None = None
    _loads: list[Traffic] = field(default_factory=list)
    _watched: Client | None = None
    _log: ServiceLog | None = None
    _before: Snapshot | None = None
    _left: threading.Event = field(default_factory=threading.Event)
    _changing: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._supervisor = Supervisor(self.workspace.data_root)

    @property
    def running(self) -> bool:
        """Whether the service answers."""
        return self.phase is Phase.RUNNING

    @property
    def url(self) -> str:
        """Where it listens; empty where it does not run."""
        return self._service.url if self._service is not None else ""

    @property
    def rate(self) -> float:
        """Requests a second that the person asks for."""
        return self._loads[0].rate if self._loads else 0.0

    def launch(self, say: Say, replicas: int = 1) -> None:
        """Start the service, or several replicas of it, telling how far it is, and wait until it is ready.

        What a scenario left behind when the app was killed is taken back first. Raises WorkspaceError, ServiceError,
        ProcessError or ScenarioError, leaving nothing running; Interrupted after `close`.
        """

        def heard(line: str) -> None:
            if self._left.is_set():
                raise Interrupted
            say(line)

        with self._changing:
            self._left.clear()
            self.phase = Phase.STARTING
            try:
                scenarios.restore(self.workspace)
                self._attach(
                    Service.launch(
                        self.workspace, self._supervisor, heard, replicas=replicas, environment=self.environment
                    )
                )
                self.replicas = replicas
            except BaseException:
                self.phase = Phase.STOPPED
                raise

    def look(self) -> Reading:
        """The figures since the last look.

        Raises ServiceError, everything stopped, when the service has ended; Interrupted when it does not run any more.
        """
        service, client, log = self._service, self._watched, self._log
        if service is None or client is None or log is None:
            raise Interrupted
        try:
            now = client.metrics()
        except (OSError, http.client.HTTPException, ValueError):
            client.close()
            if self._left.is_set() or self._service is not service:
                raise Interrupted from None
            if not service.child.running:
                raise ServiceError(self._ended(service)) from None
            now = None
        reading = Reading(self._figures(now), self._sent(), tuple(log.news()))
        self.readings.append(reading)
        return reading

    def rest(self, seconds: float) -> None:
        """Let time pass until the next look, less of it when the session is closed meanwhile."""
        self._left.wait(seconds)

    def turn(self, steps: int) -> float:
        """Turn the traffic up or down by so many steps; the new rate."""
        if not self._loads:
            return 0.0
        nearest = min(range(len(RATES)), key=lambda place: abs(RATES[place] - self.rate))
        self._loads[0].rate = RATES[min(len(RATES) - 1, max(0, nearest + steps))]
        return self.rate

    def scale(self, steps: int) -> int:
        """Let there be more or fewer replicas; how many. Raises ReplicaError where the service was launched alone."""
        service = self._required()
        self.replicas = len(service.scale(max(1, len(service.replicas()) + steps)))
        return self.replicas

    def play(self, scenario: Scenario, say: Say) -> Report:
        """Do to the service what a scenario says, ordinary traffic resting meanwhile.

        Raises ScenarioError or Interrupted, the service being as it was before.
        """
        service, rate = self._required(), self.rate
        scene = Scene(service, say, rate=rate, rng=random.Random(self.rng.random()), left=self._left, loads=self._loads)
        self._loads[0].rate = 0.0
        try:
            return scenarios.play(scenario, scene)
        finally:
            scene.close()
            if self._loads:
                self._loads[0].rate = rate

    def experiment(self, experiment: Experiment) -> Outcome:
        """What an experiment comes to on the service, ordinary traffic resting meanwhile.

        Raises ExperimentError or ProcessError.
        """
        service, rate = self._required(), self.rate
        self._loads[0].rate = 0.0
        try:
            return run_experiment(experiment, service, self._supervisor)
        finally:
            if self._loads:
                self._loads[0].rate = rate

    def close(self) -> None:
        """Stop everything: traffic, a scenario, a launch that is under way, the service. May be called twice."""
        self._left.set()
        for child in list(self._supervisor.children):
            child.stop()
        with self._changing:
            self.phase = Phase.STOPPING
            for load in self._loads:
                load.stop()
            if self._watched is not None:
                self._watched.close()
            if self._service is not None:
                self._service.stop()
            self._supervisor.stop()
            self._service = self._watched = self._log = self._before = None
            self._loads.clear()
            self.phase = Phase.STOPPED

    def _attach(self, service: Service) -> None:
        """Begin to watch a service that has just become ready, and to send nothing yet."""
        self.launches += 1
        self._service, self._watched = service, Client(service.client.port, service.keys)
        self._log, self._before = ServiceLog(service.child.log), None
        self._log.news()  # what it said while it started was told already
        self.readings.clear()
        traffic = Traffic(self._watched, 0.0, seconds=LONGEST_SECONDS, rng=random.Random(self.rng.random()))
        self._loads.append(traffic.__enter__())
        self.phase = Phase.RUNNING

    def _required(self) -> Service:
        if self._service is None:
            raise ServiceError("the service is not running; launch it first")
        return self._service

    def _figures(self, now: Snapshot | None) -> Figures | None:
        before, self._before = self._before, now or self._before
        return figures(before, now) if before and now else None

    def _sent(self) -> Sent:
        tallies: list[Tally] = [load.tally for load in self._loads]
        running = [load.rate for load in self._loads if load.running]
        return Sent(
            sum(running),
            sum(each.answered for each in tallies),
            sum(each.refused for each in tallies),
            sum(each.failed for each in tallies),
            sum(each.dropped for each in tallies),
        )

    def _ended(self, service: Service) -> str:
        status, log = service.child.status, service.child.tail(200)
        reason = why(log, self.workspace.path) or "; ".join(log[-2:])
        self.close()
        return f"the service ended with status {status}{f': {reason}' if reason else ''}"
