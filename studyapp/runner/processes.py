"""Child processes that never outlive the app: each runs below a guardian, in a group of its own, with a log."""

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from studyapp.runner import orphans
from studyapp.runner.files import plain
from studyapp.runner.orphans import MARK

GUARDIAN = Path(__file__).with_name("guardian.py")
GRACE_SECONDS = 5.0
KEPT_LOGS = 20
TAIL_BYTES = 64 * 1024
POLL_SECONDS = 0.05


class ProcessError(Exception):
    """A child that did not start or did not become ready; the message says why and what to do."""


@dataclass(slots=True)
class Child:
    """A running command. `pid` is also its process group; `log` holds all that it printed."""

    name: str
    pid: int
    log: Path
    record: Path
    _guardian: "subprocess.Popen[bytes]"
    _grace: float

    @property
    def running(self) -> bool:
        """Whether the command has not ended."""
        return self._guardian.poll() is None

    @property
    def status(self) -> int | None:
        """The exit status, as a shell counts it (128 and the signal); None while it runs."""
        return self._guardian.poll()

    def wait(self, seconds: float) -> int:
        """The exit status, once it has ended. Raises subprocess.TimeoutExpired."""
        return self._guardian.wait(seconds)

    def stop(self) -> None:
        """End the command and all that it started: TERM, then KILL after the grace. May be called twice."""
        assert self._guardian.stdin is not None
        self._guardian.stdin.close()
        try:
            self._guardian.wait(2 * self._grace + 5)
        except subprocess.TimeoutExpired:
            orphans.kill(self.record)
            self._guardian.kill()
            self._guardian.wait()
        finally:
            if self._guardian.stdout is not None:
                self._guardian.stdout.close()

    def tail(self, lines: int = 40) -> list[str]:
        """The last lines of the log; of a huge one only the end is read."""
        with contextlib.suppress(OSError), self.log.open("rb") as file:
            file.seek(max(0, self.log.stat().st_size - TAIL_BYTES))
            return file.read().decode("utf-8", "replace").splitlines()[-lines:]
        return []


@dataclass(slots=True)
class Supervisor:
    """Starts children and ends them. Two apps on one data folder do not touch each other's."""

    data_root: Path
    grace: float = GRACE_SECONDS
    children: list[Child] = field(default_factory=list)

    @property
    def records(self) -> Path:
        """A file for each running child of any app."""
        return self.data_root / "run"

    @property
    def logs(self) -> Path:
        """The newest logs of children."""
        return self.data_root / "logs"

    def start(
        self,
        name: str,
        argv: Sequence[str],
        cwd: Path,
        env: Mapping[str, str],
        ready: Callable[[], bool] = lambda: True,
        *,
        seconds: float = 30.0,
        pass_fds: Sequence[int] = (),
    ) -> Child:
        """Run a command and wait until `ready()` says so; what a crashed app left is swept first.

        Raises ProcessError, leaving nothing running.
        """
        unique = f"{name}-{uuid4().hex[:12]}"
        try:
            self._make_folders()
            self.sweep()
            child = self._spawn(name, unique, argv, cwd, env, pass_fds)
        except OSError as error:
            raise ProcessError(f"{name} cannot be started: {plain(error, self.data_root)}") from None
        self.children.append(child)
        self._await(child, ready, seconds)
        return child

    def stop(self) -> None:
        """End every child that this supervisor started."""
        while self.children:
            self.children.pop().stop()

    def __enter__(self) -> "Supervisor":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def sweep(self) -> list[str]:
        """End what outlived its app and its guardian, both killed; the names of what was swept."""
        return orphans.sweep(self.records)

    def _make_folders(self) -> None:
        self.records.mkdir(parents=True, exist_ok=True)
        self.logs.mkdir(parents=True, exist_ok=True)
        running = {child.log for child in self.children if child.running}
        logs = sorted(self.logs.glob("*.log"), key=lambda path: path.stat().st_mtime)
        for path in logs[:-KEPT_LOGS]:
            if path not in running:
                path.unlink(missing_ok=True)

    def _spawn(
        self, name: str, unique: str, argv: Sequence[str], cwd: Path, env: Mapping[str, str], fds: Sequence[int]
    ) -> Child:
        record, log = self.records / f"{unique}.json", self.logs / f"{unique}.log"
        guardian = subprocess.Popen(
            [sys.executable, "-P", str(GUARDIAN), str(record), str(log), str(self.grace), *argv],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=cwd,
            env={**env, MARK: str(record)},
            start_new_session=True,
            pass_fds=tuple(fds),
        )
        assert guardian.stdout is not None
        line = guardian.stdout.readline()
        said: dict[str, Any] = json.loads(line) if line else {"error": "its guardian ended at once"}
        child = Child(name, said.get("pid", 0), log, record, guardian, self.grace)
        if "error" in said:
            child.stop()
            raise ProcessError(f"{name} cannot be started: {said['error']}")
        return child

    def _await(self, child: Child, ready: Callable[[], bool], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        try:
            while not ready():
                if not child.running:
                    raise ProcessError(
                        _with_log(f"{child.name} ended with status {child.status} while starting", child)
                    )
                if time.monotonic() > deadline:
                    raise ProcessError(_with_log(f"{child.name} was not ready after {seconds:.0f} s", child))
                time.sleep(POLL_SECONDS)
        except BaseException:
            self.children.remove(child)
            child.stop()
            raise


def _with_log(said: str, child: Child) -> str:
    last = "\n".join(f"  {line}" for line in child.tail(8))
    return f"{said}. The end of its log ({child.log}):\n{last}" if last else f"{said}; it printed nothing."


def environment_of(around: Mapping[str, str]) -> dict[str, str]:
    """Nothing that bends Python; no bytecode that could be stale."""
    kept = {key: value for key, value in around.items() if not key.startswith("PYTHON")}
    return {**kept, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}
