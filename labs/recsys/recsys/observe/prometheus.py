"""A Prometheus of one's own: on a free loopback port, with its data in a folder, gone when the block ends."""

from __future__ import annotations

import http.client
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlencode

from recsys.observe.promtool import Sample

LOOPBACK = "127.0.0.1"
READY_SECONDS = 30.0
STOP_SECONDS = 10.0
POLL_SECONDS = 0.05
GET = "apt or brew install prometheus"


class PrometheusError(RuntimeError):
    """Prometheus is missing, does not start or does not answer; the message says why."""


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert that is `pending` or `firing`."""

    name: str
    state: str
    labels: Mapping[str, str]


def installed() -> str | None:
    """Where the program is, None where it is not installed."""
    return shutil.which("prometheus")


class Prometheus:
    """Scrapes `targets` (host:port) as `job` each `every` seconds and evaluates rules as often."""

    def __init__(
        self,
        folder: Path,
        rules: Sequence[Path],
        targets: Sequence[str],
        *,
        job: str = "recsys",
        every: float = 1.0,
    ) -> None:
        """Write configuration and data below `folder`. Nothing runs before the `with` block."""
        self._folder = folder
        self._config = _config(rules, targets, job, every)
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0

    @property
    def url(self) -> str:
        """Where its own pages are."""
        return f"http://{LOOPBACK}:{self.port}"

    def __enter__(self) -> Prometheus:
        """Start and wait until it is ready. Raises PrometheusError."""
        program = installed()
        if program is None:
            raise PrometheusError(f"prometheus is not installed: {GET}")
        self._folder.mkdir(parents=True, exist_ok=True)
        config = self._folder / "prometheus.json"  # JSON is YAML, and nothing in it can be misread
        config.write_text(json.dumps(self._config), encoding="utf-8")
        self.port = _free_port()
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [
                    program,
                    f"--config.file={config}",
                    f"--storage.tsdb.path={self._folder / 'data'}",
                    f"--web.listen-address={LOOPBACK}:{self.port}",
                ],
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            self._await()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Stop it."""
        self.stop()

    def stop(self) -> None:
        """End it; what does not end is killed. May be called twice."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def ask(self, expression: str) -> list[Sample]:
        """What an expression comes to now. Raises PrometheusError."""
        found = self._get("/api/v1/query?" + urlencode({"query": expression}))
        rows = found["result"] if found["resultType"] == "vector" else [{"metric": {}, "value": found["result"]}]
        return [Sample(row["metric"], float(row["value"][1])) for row in rows]

    def alerts(self) -> list[Alert]:
        """The alerts that are pending or firing. Raises PrometheusError."""
        found = self._get("/api/v1/alerts")["alerts"]
        return [Alert(one["labels"]["alertname"], one["state"], one["labels"]) for one in found]

    def until(self, holds: Callable[[], object], seconds: float) -> bool:
        """Whether a condition came true in time; looks again and again, a scrape takes its time."""
        deadline = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL_SECONDS)
        return True

    def log(self) -> list[str]:
        """What it printed so far."""
        return (self._folder / "log").read_text("utf-8", "replace").splitlines()

    def _await(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not self._ready():
            ended = self._process.poll() if self._process else None
            if ended is not None or time.monotonic() > deadline:
                errors = [line for line in self.log() if "level=error" in line or " err=" in line]
                last = (errors or self.log() or ["it printed nothing"])[-1]
                raise PrometheusError(f"prometheus does not start: {last.partition('err=')[2] or last}")
            time.sleep(POLL_SECONDS)

    def _ready(self) -> bool:
        try:
            return self._fetch("/-/ready")[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def _get(self, path: str) -> dict[str, Any]:
        try:
            said: dict[str, Any] = json.loads(self._fetch(path)[1])
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise PrometheusError(f"prometheus does not answer: {error}") from None
        if said["status"] != "success":
            raise PrometheusError(f"prometheus does not understand the question: {said.get('error')}")
        data: dict[str, Any] = said["data"]
        return data

    def _fetch(self, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=10)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()


def _config(rules: Sequence[Path], targets: Sequence[str], job: str, every: float) -> dict[str, Any]:
    interval = f"{round(every * 1000)}ms"
    scrape = {"job_name": job, "static_configs": [{"targets": list(targets)}]}
    return {
        "global": {"scrape_interval": interval, "scrape_timeout": interval, "evaluation_interval": interval},
        "rule_files": [str(path.resolve()) for path in rules],
        "scrape_configs": [scrape],
    }


def _free_port() -> int:
    with socket.socket() as found:
        found.bind((LOOPBACK, 0))
        port: int = found.getsockname()[1]
        return port
