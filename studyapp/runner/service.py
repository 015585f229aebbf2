"""The service of a workspace, running: what the learner wrote is what serves."""

import fcntl
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from studyapp.domain.labs import Lab
from studyapp.runner import state
from studyapp.runner.breakage import why
from studyapp.runner.client import Client
from studyapp.runner.processes import Child, ProcessError, Supervisor, environment_of
from studyapp.runner.replicas import FleetClient, Replica, ReplicaError
from studyapp.runner.workspace import Workspace, plain_errors

REFERENCE = Lab(slug="reference", title="The reference service", goal="", minutes=0, replaces=(), steps=())
TENANTS = ("acme", "globex", "initech")  # those of the generated data
START_SECONDS = 180.0  # the first start makes data and trains three models
KEY_SECONDS = 60.0
LISTENING = re.compile(r"listening on http://127\.0\.0\.1:(\d+)")
Say = Callable[[str], None]


class ServiceError(Exception):
    """The service does not start; the message says why and what to do."""


def reference(labs_root: Path, data_root: Path) -> Workspace:
    """A writable copy of the service as it is shipped, brought up to this version of the app."""
    workspace = Workspace.create(REFERENCE, labs_root, data_root, laid_over="")
    workspace.upgrade()
    return workspace


@dataclass(slots=True)
class Service:
    """A running service; `keys` are API keys by tenant, good until the next launch of this workspace."""

    workspace: Workspace
    client: Client
    child: Child
    _lock: IO[str]
    _fleet: FleetClient | None = None

    @classmethod
    def launch(
        cls,
        workspace: Workspace,
        supervisor: Supervisor,
        say: Say = lambda line: None,
        *,
        port: int = 0,
        replicas: int = 1,
        environment: Mapping[str, str] = os.environ,
    ) -> "Service":
        """Start the service and wait until it is ready, telling how far it is; port 0 is a free one.

        More than one replica are a fleet behind a balancer, which is ready as soon as one of them is.
        Raises WorkspaceError, ProcessError or ServiceError, leaving nothing running.
        """
        workspace.check()
        lock = _lock(workspace)
        try:
            state.prepare(workspace, supervisor, say)
            client = Client(0, _issue_keys(workspace, environment))
            command = _serving(workspace, port, replicas)
            child = _start(workspace, supervisor, client, _Follower(say), command, environment)
        except BaseException:
            lock.close()
            raise
        fleet = FleetClient(client.port, state.folder(workspace)) if replicas != 1 else None
        return cls(workspace, client, child, lock, fleet)

    @property
    def url(self) -> str:
        """Where it listens."""
        return self.client.url

    @property
    def keys(self) -> Mapping[str, str]:
        """An API key for each tenant."""
        return self.client.keys

    def replicas(self) -> list[Replica]:
        """The processes that answer, in the order of their names. Raises ReplicaError where it does not say."""
        if self._fleet is not None:
            return self._fleet.replicas()
        running = self.child.running
        return [Replica("0", self.child.pid if running else 0, "ready" if running else "down", self.url)]

    def kill(self, name: str) -> None:
        """End one replica as a crash would; a fleet starts it again. Raises ReplicaError where it does not run."""
        for replica in self.replicas():
            if replica.name == name:
                return replica.kill()
        raise ReplicaError(f"there is no replica {name}")

    def scale(self, count: int) -> list[Replica]:
        """Let a fleet have so many replicas; new ones take requests once they are ready. Raises ReplicaError."""
        if self._fleet is None:
            raise ReplicaError("the service was launched alone; launch it with two replicas or more to scale it")
        return self._fleet.scale(count)

    def stop(self) -> None:
        """End it and all that it started. May be called twice."""
        self.client.close()
        self.child.stop()
        self._lock.close()

    def __enter__(self) -> "Service":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Follower:
    """Passes on each line that the service prints while it starts; of its log in JSON, nothing."""

    def __init__(self, say: Say) -> None:
        self._say, self._seen, self.port = say, 0, 0

    def read(self, child: Child) -> None:
        """Tell what is new, and note the port."""
        lines = child.tail(1000)
        for line in lines[self._seen :]:
            if found := LISTENING.search(line):
                self.port = int(found[1])
            elif line[:1].isalpha() and not line.startswith(("Traceback", "recsys: ")):
                self._say(line)
        self._seen = len(lines)


def _start(
    workspace: Workspace,
    supervisor: Supervisor,
    client: Client,
    follower: _Follower,
    command: list[str],
    environment: Mapping[str, str],
) -> Child:
    children: list[Child] = []

    def ready() -> bool:
        children[:] = supervisor.children[-1:]
        follower.read(children[0])
        client.port = follower.port
        return bool(client.port) and client.ready()

    env = environment_of(environment)
    try:
        return supervisor.start("recsys", command, workspace.path, env, ready, seconds=START_SECONDS)
    except ProcessError as error:
        raise _told(error, children[0].tail(200) if children else [], workspace) from None


def _serving(workspace: Workspace, port: int, replicas: int) -> list[str]:
    """The command that serves: the service itself, or a fleet of it."""
    if replicas != 1:
        return _command("fleet", workspace, "--port", str(port), "--replicas", str(replicas))
    return _command("serve", workspace, "--port", str(port))


def _told(error: ProcessError, log: list[str], workspace: Workspace) -> ServiceError | ProcessError:
    reason = why(log, workspace.path)
    return ServiceError(f"the service does not start: {reason}") if reason else error


def _issue_keys(workspace: Workspace, environment: Mapping[str, str]) -> dict[str, str]:
    """New keys for every tenant in place of the old ones: before it serves, so that none is ever in its log."""
    state.folder(workspace).joinpath("keys.json").unlink(missing_ok=True)
    return {tenant: _issue_key(workspace, tenant, environment) for tenant in TENANTS}


def _issue_key(workspace: Workspace, tenant: str, environment: Mapping[str, str]) -> str:
    command = _command("keys", workspace, "issue", tenant)
    env = environment_of(environment)
    try:
        ended = subprocess.run(
            command, cwd=workspace.path, env=env, capture_output=True, text=True, timeout=KEY_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ServiceError(f"the service does not start: no key could be issued: {error}") from None
    if ended.returncode:
        log = ended.stderr.splitlines()
        reason = why(log, workspace.path) or "; ".join(log[-2:])
        raise ServiceError(f"the service does not start: {reason}")
    return ended.stdout.strip()


def _command(name: str, workspace: Workspace, *more: str) -> list[str]:
    options = [*more, "--state", str(state.folder(workspace))]
    return [sys.executable, "-m", "recsys", name, *options]


def _lock(workspace: Workspace) -> IO[str]:
    """Held as long as the service is: two of one workspace would write to one state. Raises ServiceError."""
    with plain_errors(workspace.home):
        state.folder(workspace).mkdir(parents=True, exist_ok=True)
        file = (workspace.home / "launched").open("a+", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        slug = workspace.lab.slug
        way = f"stop that one there, or with `studyapp lab stop {slug}`"
        raise ServiceError(f"the service of {slug} is running already, in another studyapp; {way}") from None
    return file
