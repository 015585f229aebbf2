"""A release for real on one machine: champion and challenger as two processes of the service behind the splitter.

They serve from a state directory of their own that borrows models and signing key from the real one: simulated visits
must not reach the journal from which the next models learn. What a rehearsal cannot show is your own users' reaction;
on a cluster the same rules are applied by `deploy/ci/argo`.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from recsys import backend as backends
from recsys.data import write_events
from recsys.events import Events
from recsys.rollout import NEW, OLD, Progress, Strategy, Terms, release_by
from recsys.settings import Settings
from recsys.tenancy import KeyRing
from recsys.visitors import Crowd, visitors_of

VERSIONS = {OLD: "champion", NEW: "challenger"}
"""The version's name in front of the splitter, and the alias of the models that it serves."""
READY = 60.0
TICK = 0.25


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """How the release ended, and how often visitors met each status, by kind of request."""

    progress: Progress
    statuses: Mapping[str, Mapping[int, int]]


def rehearse(
    settings: Settings, past: Events, future: Events, strategy: Strategy, terms: Terms, rate: float
) -> Rehearsal:
    """Run a release under `rate` visits a second until it is promoted or rolled back; visitors want what is in
    `future`.

    Raises RuntimeError where a version does not start.
    """
    with ExitStack() as stack:
        state, keys = stack.enter_context(_borrowed_state(settings, past))
        ports = stack.enter_context(_versions(state))
        splitter, release = stack.enter_context(release_by(strategy, ports, terms))
        crowd = stack.enter_context(Crowd(splitter.server_port, keys, visitors_of(past, future), rate))
        pause = threading.Event()
        while (progress := release.tick()).outcome == "running":
            pause.wait(TICK)
        return Rehearsal(progress, {"lists": dict(crowd.lists), "events": dict(crowd.events)})


@contextmanager
def _borrowed_state(settings: Settings, past: Events) -> Iterator[tuple[Path, Mapping[str, str]]]:
    """A state directory with the real models and a past, and an API key a tenant."""
    with tempfile.TemporaryDirectory(prefix="recsys-rehearsal-") as folder:
        own = Settings(state=Path(folder))
        own.models.symlink_to(settings.models.resolve())
        write_events(past, own.events)
        ring = KeyRing(own.keys)
        yield own.state, {tenant: ring.issue(tenant) for tenant in past.tenants()}


@contextmanager
def _versions(state: Path) -> Iterator[Mapping[str, int]]:
    """The port of each version, ready to answer, on one store; all are stopped at the end."""
    store, started = backends.start(), list[subprocess.Popen[str]]()
    try:
        for name, alias in VERSIONS.items():
            started.append(_start(state, name, alias, store.url))
        yield {name: _port(process, name) for name, process in zip(VERSIONS, started, strict=True)}
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(20)
            if process.stdout:
                process.stdout.close()
        store.stop()


def _start(state: Path, name: str, alias: str, url: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "recsys", "serve", "--state", str(state), "--replica", name, "--alias", alias]
    return subprocess.Popen(
        [*command, "--log-file", str(state / f"{name}.log")], cwd=Path(__file__).parents[1],
        env=os.environ | {"REDIS_URL": url, "REDIS_PASSWORD_FILE": ""}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def _port(process: subprocess.Popen[str], name: str) -> int:
    """The port that a version says it listens on, once it is ready. Raises RuntimeError where it does not start."""
    assert process.stdout is not None
    for line in process.stdout:
        if found := line.partition("listening on http://127.0.0.1:")[2]:
            port = int(found.split()[0])
            _until_ready(port, name)
            return port
    raise RuntimeError(f"the {name} version did not start; it ended with status {process.wait()}")


def _until_ready(port: int, name: str) -> None:
    pause, deadline = threading.Event(), time.monotonic() + READY
    while not is_ready(port):
        if time.monotonic() > deadline:
            raise RuntimeError(f"the {name} version is not ready after {READY:g} s")
        pause.wait(0.05)


def is_ready(port: int) -> bool:
    """Whether models are loaded and the store is filled: a version without histories would be judged unfairly."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        response = connection.getresponse()
        return response.status == 200 and json.loads(response.read())["store"] == "up"
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
