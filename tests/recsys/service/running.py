"""A service in a process of its own, as a user starts it, and load on it that remembers every answer."""

from __future__ import annotations

import http.client
import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SERVICE = Path(__file__).resolve().parents[3] / "labs" / "recsys"
DEADLINE = 30.0


def until(condition: Callable[[], object], what: str, deadline: float = DEADLINE) -> Any:
    """The first true value of `condition`, polled."""
    end = time.monotonic() + deadline
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.02)
    raise AssertionError(f"waited {deadline:g} s in vain for: {what}")


@dataclass(frozen=True)
class Answer:
    """One response."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Running:
    """A started service."""

    process: subprocess.Popen[str]
    port: int
    lines: list[str]
    state: Path
    keys: Mapping[str, str] = field(default_factory=dict)

    def request(
        self, method: str, path: str, body: object = None, tenant: str | None = "acme", **headers: str
    ) -> Answer:
        """One request on a connection of its own; raises OSError where nobody answers."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        sent = {"content-type": "application/json", **headers}
        if tenant:
            sent["x-api-key"] = self.keys[tenant]
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            connection.request(method, path, data, sent)
            response = connection.getresponse()
            answered = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, answered, response.read())
        finally:
            connection.close()

    def recommend(self, user: str, tenant: str = "acme", **asked: object) -> Any:
        answer = self.request("POST", "/v1/recommendations", {"user": user, **asked}, tenant)
        assert answer.status == 200, answer.body
        return answer.json

    def send(self, user: str, item: str, event: str = "done", tenant: str = "acme", **more: object) -> Answer:
        events = [{"user": user, "item": item, "event": event, **more}]
        return self.request("POST", "/v1/events", {"events": events}, tenant)

    def metric(self, name: str) -> float:
        """The sum over all labels of one metric."""
        text = self.request("GET", "/metrics", tenant=None).body.decode()
        values = [line.rsplit(" ", 1)[1] for line in text.splitlines() if line.startswith((f"{name} ", f"{name}{{"))]
        return sum(map(float, values))

    def ready(self, store: str = "up") -> bool:
        """Whether it says that it is ready, with the store in this state."""
        try:
            answer = self.request("GET", "/health/ready", tenant=None)
        except OSError:
            return False
        return answer.status == 200 and answer.json["store"] == store

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and wait; the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(20)


def start(
    state: Path,
    keys: Mapping[str, str],
    *options: str,
    command: str = "serve",
    environment: Mapping[str, str] | None = None,
) -> Running:
    """Start a service, or a fleet, on `state` and wait until it is ready."""
    log = () if "--log-file" in options else ("--log-file", str(state / "log.jsonl"))
    arguments = [sys.executable, "-m", "recsys", command, "--state", str(state), *log, *options]
    inherited = {name: value for name, value in os.environ.items() if name != "REDIS_URL"}
    process = subprocess.Popen(
        arguments, cwd=SERVICE, env=inherited | dict(environment or {}), stdout=subprocess.PIPE, text=True
    )
    lines: list[str] = []
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(line.rstrip())
        if "listening on http://127.0.0.1:" in line:
            port = int(line.partition("127.0.0.1:")[2].split()[0])
            running = Running(process, port, lines, state, keys)
            until(running.ready, "the service to be ready")
            return running
    raise AssertionError(f"the service ended with {process.wait()}: {lines}")


class Load:
    """Requests of several tenants in several threads, for as long as the block runs."""

    def __init__(self, *services: Running, threads: int = 3) -> None:
        self.services, self.threads = services, threads
        self.statuses: Counter[int] = Counter()
        self.strategies: Counter[str] = Counter()
        self.acknowledged: list[tuple[str, str, str]] = []
        self.problems: list[str] = []
        self.unanswered = 0
        self._serial, self._stopping, self._workers = itertools.count(), threading.Event(), list[threading.Thread]()

    def __enter__(self) -> Load:
        self._workers = [threading.Thread(target=self._run, args=(number,)) for number in range(self.threads)]
        for worker in self._workers:
            worker.start()
        until(lambda: self.statuses[200] > 20, "the load to run")
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for worker in self._workers:
            worker.join()

    def more(self, count: int = 60) -> None:
        """Wait for so many more answers."""
        target = sum(self.statuses.values()) + count
        until(lambda: sum(self.statuses.values()) >= target, f"{count} more answers under load")

    def check(self) -> None:
        """No error but declared shedding, and no answer of another tenant."""
        assert not self.problems, self.problems[:5]
        assert set(self.statuses) <= {200, 202, 503}, self.statuses

    def _run(self, number: int) -> None:
        while not self._stopping.is_set():
            serial = next(self._serial)
            tenant = ("acme", "globex", "initech")[serial % 3]
            service = self.services[serial % len(self.services)]
            try:
                self._one(service, tenant, serial)
            except OSError:
                self.unanswered += 1
                time.sleep(0.02)
            except Exception as error:
                self.problems.append(repr(error))

    def _one(self, service: Running, tenant: str, serial: int) -> None:
        user = f"u{serial % 50}"
        if serial % 4 == 0:
            item = f"board:{tenant}-{serial}"
            answer = service.send(user, item, tenant=tenant)
            if answer.status == 202:
                self.acknowledged.append((tenant, user, item))
        elif serial % 4 == 1:
            asked = {"requests": [{"user": user, "exclude": [f"x:{serial}"]}, {"user": "nobody"}]}
            answer = service.request("POST", "/v1/recommendations/batch", asked, tenant)
        else:
            answer = service.request("POST", "/v1/recommendations", {"user": user, "hour": serial % 24}, tenant)
        self._note(answer, tenant)

    def _note(self, answer: Answer, tenant: str) -> None:
        self.statuses[answer.status] += 1
        if answer.status == 503 and "retry-after" not in answer.headers:
            self.problems.append(f"503 without Retry-After: {answer.body!r}")
        others = {"acme", "globex", "initech"} - {tenant}
        if any(other.encode() in answer.body for other in others):
            self.problems.append(f"{tenant} read of another tenant: {answer.body!r}")
        if answer.status == 200:
            for result in answer.json.get("results", [answer.json]):
                self.strategies[result["strategy"]] += 1
