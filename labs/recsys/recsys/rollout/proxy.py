"""A small HTTP splitter: one door in front of several local versions of the service.

Each request goes to the version that the router names. When a canary refuses the connection, times out or
answers 5xx, the request is sent again to the stable version, so that users do not pay for the experiment; the
canary's meter still counts the failure. Only requests that may be sent twice are repeated: GET, HEAD, and the
POST paths named as safe (a recommendation is a read, storing an event is not).

It is for a laptop: a thread a connection, no TLS, loopback only. In production this is the gateway's or the
mesh's work (an HTTPRoute with weights, Argo Rollouts); what is worth reading here are the rules: limits on size
and time, hop-by-hop headers, no blind retries (`recsys.passing`). Several replicas of one version are `recsys.fleet`.
"""

import http.client
import itertools
import re
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from recsys.passing import LOOPBACK, SAFE_POSTS, Answer, bodiless, end_to_end, repeatable
from recsys.rollout.measurement import Meter
from recsys.rollout.traffic import Router


class Exchange(NamedTuple):
    """A request and what the client got: who asked (the API key), which version answered."""

    version: str
    caller: str
    path: str
    body: bytes
    status: int
    answer: bytes


class Splitter(ThreadingHTTPServer):
    """Reverse proxy on a free loopback port (`server_port`) over versions by name, each a loopback port."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self,
        router: Router,
        ports: Mapping[str, int],
        *,
        sticky_headers: Collection[str] = ("X-User-Id", "X-Api-Key"),
        safe_posts: Collection[str] = SAFE_POSTS,
        timeout: float = 5.0,
        max_body: int = 1 << 20,
    ) -> None:
        super().__init__((LOOPBACK, 0), _Handler)
        self.router, self.ports, self.upstream_timeout, self.max_body = router, ports, timeout, max_body
        self.sticky_headers, self.safe_posts = tuple(sticky_headers), frozenset(safe_posts)
        self.meters = {name: Meter() for name in ports}
        self.serial = itertools.count()
        self.observe: Callable[[Exchange], object] = lambda exchange: None
        """Told of each exchange after the client has its answer; set it before traffic flows."""

    @contextmanager
    def running(self) -> Iterator[str]:
        """Serve from a thread of its own for as long as the context lasts; yields the base URL."""
        thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield f"http://{LOOPBACK}:{self.server_port}"
        finally:
            self.shutdown()
            thread.join()
            self.server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no event; anything else is printed as usual."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30  # an idle or dripping client does not hold a thread for longer
    disable_nagle_algorithm = True
    server: Splitter

    def _pass_on(self) -> None:
        if problem := self._problem():
            self._refuse(problem)
            return
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        names = self.server.router.route(self._key())
        if not repeatable(self.command, self.path, self.server.safe_posts):
            names = names[:1]
        for name in names:
            answer = self._ask(name, body)
            if answer is not None and answer.status < 500:
                break
        answer = answer or Answer(502, [], b"")
        self._reply(name, answer)
        self.server.observe(
            Exchange(name, self.headers.get("X-Api-Key", ""), self.path, body, answer.status, answer.body)
        )

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _pass_on

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet: the service behind writes its own log."""

    def _key(self) -> str:
        for header in self.server.sticky_headers:
            if value := self.headers.get(header):
                return value
        return str(next(self.server.serial))

    def _problem(self) -> int | None:
        """The status to refuse a request with before any version meets it, and is blamed for it."""
        folded = any("\r" in value or "\n" in value for value in self.headers.values())
        if folded or not (self.path.isascii() and self.path.isprintable()):
            return 400
        lengths = self.headers.get_all("Content-Length", ["0"])
        if "Transfer-Encoding" in self.headers or len(lengths) > 1 or not re.fullmatch(r"[0-9]{1,10}", lengths[0]):
            return 411  # one way to say where a body ends, so that nothing can be smuggled behind it
        return 413 if int(lengths[0]) > self.server.max_body else None

    def _refuse(self, status: int) -> None:
        self.close_connection = True
        self.send_error(status)

    def _ask(self, name: str, body: bytes) -> Answer | None:
        """One version's answer, counted in its meter; None when there was none."""
        start = time.perf_counter()
        connection = http.client.HTTPConnection(LOOPBACK, self.server.ports[name], timeout=self.server.upstream_timeout)
        try:
            self._send(connection, body)
            response = connection.getresponse()
            answer = Answer(response.status, response.getheaders(), response.read())
        except (OSError, http.client.HTTPException):
            answer = None
        finally:
            connection.close()
        # a client's own mistakes hit both versions alike and cancel out; a version that refuses sound requests shows
        failed = answer is None or answer.status >= 400
        self.server.meters[name].record(failed=failed, latency=time.perf_counter() - start)
        return answer

    def _send(self, connection: http.client.HTTPConnection, body: bytes) -> None:
        connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for key, value in end_to_end(self.headers.items(), ("content-length", "expect")):
            connection.putheader(key, value)
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)

    def _reply(self, name: str, answer: Answer) -> None:
        self.send_response_only(answer.status)
        empty = bodiless(self.command, answer.status)
        for key, value in end_to_end(answer.headers, () if empty else ("content-length",)):
            self.send_header(key, value)
        self.send_header("X-Served-By", name)
        if not empty:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if not empty:
            self.wfile.write(answer.body)
