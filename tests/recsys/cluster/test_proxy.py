"""The Service's proxy over real sockets: in turn, none where nobody listens, an answer as it was given."""

from __future__ import annotations

import gc
import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from recsys.backend import free_port
from recsys.cluster.endpoints import Endpoints
from recsys.cluster.proxy import Proxy

BODY = b"x" * 300_000


@contextmanager
def pod(name: str) -> Iterator[int]:
    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("X-Pod", name)
            self.send_header("Content-Length", str(len(BODY)))
            self.end_headers()
            self.wfile.write(BODY)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def ask(port: int) -> str | None:
    """The pod that answered; raises OSError or HTTPException where none did."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/")
        response = connection.getresponse()
        assert response.read() == BODY
        return response.getheader("X-Pod")
    finally:
        connection.close()


def test_connections_go_to_the_endpoints_in_turn() -> None:
    with pod("a") as first, pod("b") as second:
        proxy = Proxy(Endpoints(0.0, (("a", first), ("b", second))))
        with proxy.running() as port:
            assert [ask(port) for _ in range(4)] == ["a", "b", "a", "b"]
        assert proxy.connections == {"a": 2, "b": 2}


@pytest.mark.parametrize("known", [(), (("a", None),), (("a", free_port()),)], ids=["none", "no port", "stopped"])
def test_without_a_listener_a_connection_is_cut(known: tuple[tuple[str, int | None], ...]) -> None:
    with Proxy(Endpoints(0.0, known)).running() as port, pytest.raises((OSError, http.client.HTTPException)):
        ask(port)


def test_a_caller_who_leaves_and_a_pod_that_never_answers_leave_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        proxy = Proxy(Endpoints(0.0, (("silent", silent.getsockname()[1]),)))
        with proxy.running() as port:
            caller = socket.create_connection(("127.0.0.1", port))
            caller.sendall(b"GET / HTTP/1.1\r\n\r\n")
            inside, _ = silent.accept()
            assert inside.recv(100)
            caller.close()
            gc.collect()
        inside.close()
        gc.collect()
    assert not caplog.records
