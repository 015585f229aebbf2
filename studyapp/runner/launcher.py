"""A pytest plugin that gives a measured step the service of the workspace it checks, running."""

import contextlib
import importlib
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

import pytest

from studyapp.runner.breakage import why
from studyapp.runner.client import Client
from studyapp.runner.processes import environment_of
from studyapp.runner.seed import copy_of
from studyapp.runner.service import LISTENING, TENANTS
from studyapp.runner.traffic import Tally, Traffic

READY_SECONDS = 45.0
STOP_SECONDS = 10.0
POLL_SECONDS = 0.05


@dataclass(slots=True)
class Served:
    """A running service of the workspace; `keys` are API keys by tenant."""

    client: Client
    state: Path
    _process: "subprocess.Popen[bytes]"
    _log: Path

    @property
    def keys(self) -> Mapping[str, str]:
        """An API key for each tenant."""
        return self.client.keys

    @property
    def pid(self) -> int:
        """The process that was started."""
        return self._process.pid

    def log(self) -> list[str]:
        """The lines that it printed so far."""
        return self._log.read_text("utf-8", "replace").splitlines()

    def load(self, rate: float, seconds: float, users: int = 200) -> Tally:
        """What came of requests at `rate` a second, which come when they are due (open loop)."""
        with Traffic(self.client, rate, seconds=seconds, rng=random.Random(7), users=users) as traffic:
            while traffic.running:
                time.sleep(POLL_SECONDS)
        return traffic.tally

    def kill(self) -> None:
        """End it as a crash does."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """End it as an operator does; what does not end is killed. May be called twice."""
        self.client.close()
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()


class Launcher:
    """The fixtures `launch` and `service`. `seed` is a state directory to copy, empty where the lab has no service."""

    def __init__(self, workspace: Path, seed: str, trains: bool) -> None:
        self._workspace, self._seed, self._trains = workspace, seed, trains

    @pytest.fixture(scope="module")
    def launch(self) -> Iterator[Callable[..., Served]]:
        """Start `python -m recsys COMMAND OPTIONS` on a fresh state, or a given one; ended after the checks."""
        with contextlib.ExitStack() as stack:

            def start(
                *options: str,
                command: str = "serve",
                state: Path | None = None,
                environment: Mapping[str, str] | None = None,
            ) -> Served:
                folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="studyapp-check-")))
                served = self._start(folder, state, [command, *options], environment or {})
                stack.callback(served.stop)
                _await(served, self._workspace)
                return served

            yield start

    @pytest.fixture(scope="module")
    def service(self, launch: Callable[..., Served]) -> Served:
        """One service for all checks of the file."""
        return launch()

    def _start(self, folder: Path, state: Path | None, command: list[str], environment: Mapping[str, str]) -> Served:
        if state is None:
            state = copy_of(Path(self._seed), folder / "state", self._trains)
        keys, log = _issue_keys(state), folder / "log"
        around = {name: value for name, value in environment_of(os.environ).items() if name != "REDIS_URL"}
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "recsys", *command, "--state", str(state)],
                cwd=self._workspace,
                env={**around, **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        _unlimit(process.pid)
        return Served(Client(0, keys), state, process, log)


def _issue_keys(state: Path) -> dict[str, str]:
    """New keys for every tenant, as the workspace's own code hashes them."""
    ring = importlib.import_module("recsys.tenancy").KeyRing(state / "keys.json")
    return {tenant: ring.issue(tenant) for tenant in TENANTS}


def _unlimit(pid: int) -> None:
    """The limits of a check are for the learner's loops, not for a server with its libraries and threads."""
    if hasattr(resource, "prlimit"):
        for limit in (resource.RLIMIT_AS, resource.RLIMIT_CPU):
            with contextlib.suppress(OSError, ValueError):
                most = resource.prlimit(pid, limit)[1]
                resource.prlimit(pid, limit, (most, most))


def _await(served: Served, workspace: Path) -> None:
    """Wait until the service answers, its store too. Fails the check with the reason where it does not."""
    deadline = time.monotonic() + READY_SECONDS
    while not _ready(served):
        ended = served._process.poll()
        if ended is not None or time.monotonic() > deadline:
            log = served.log()[-200:]
            reason = why(log, workspace) or "; ".join(log[-2:]) or f"it ended with status {ended}"
            pytest.fail(f"the service does not start on this code: {reason}")
        time.sleep(POLL_SECONDS)


def _ready(served: Served) -> bool:
    if not served.client.port:
        found = next((found for line in served.log() if (found := LISTENING.search(line))), None)
        served.client.port = int(found[1]) if found else 0
    if not served.client.port:
        return False
    try:
        answer = served.client.request("GET", "/health/ready")
    except (OSError, HTTPException):
        served.client.close()
        return False
    return answer.status == 200 and answer.json.get("store") == "up"
