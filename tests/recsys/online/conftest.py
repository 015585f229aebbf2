"""The same tests run on a real Redis server and on the embedded stand-in."""

import shutil
import socket
import subprocess
import threading
import time
import uuid
from collections.abc import Iterator

import pytest
import redis
from fakeredis import TcpFakeServer


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(port: int, deadline: float = 10.0) -> None:
    client = redis.Redis(port=port)
    end = time.monotonic() + deadline
    while True:
        try:
            client.ping()
            return
        except redis.RedisError:
            if time.monotonic() > end:
                raise


@pytest.fixture(scope="session")
def real_port() -> Iterator[int]:
    """A redis-server without a disk on a free loopback port."""
    binary = shutil.which("redis-server") or shutil.which("valkey-server")
    if binary is None:
        pytest.skip("no redis-server or valkey-server on the path: these tests run on the stand-in alone")
    port = _free_port()
    arguments = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
    server = subprocess.Popen([binary, *arguments], stdout=subprocess.DEVNULL)
    try:
        _wait_until_ready(port)
        yield port
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture(scope="session")
def fake_port() -> Iterator[int]:
    """fakeredis behind a TCP port, as the service uses it where no server is installed."""
    port = _free_port()
    server = TcpFakeServer(("127.0.0.1", port), server_type="redis")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _wait_until_ready(port)
    yield port
    server.shutdown()
    server.server_close()


@pytest.fixture(params=["real", "fake"])
def store(request: pytest.FixtureRequest) -> Iterator[redis.Redis]:
    """A client of an empty store, once on each kind of server."""
    client = redis.Redis(port=request.getfixturevalue(f"{request.param}_port"), socket_timeout=5)
    client.flushall()
    yield client
    client.close()


@pytest.fixture
def dead_store() -> redis.Redis:
    """A client of a server that is not there."""
    return redis.Redis(port=_free_port(), socket_connect_timeout=0.2, retry=None)


@pytest.fixture
def prefix() -> str:
    """A key prefix that no other test uses."""
    return f"test-{uuid.uuid4().hex}:"
