"""HTTP to one replica over connections that are kept: a new one for each request would cost more than the answer.

A connection serves one request at a time. One that was idle for long is not used again: the replica may be about to
close it, and a request that dies with it may or may not have been seen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import cast

import httptools

from recsys.passing import LOOPBACK, Answer, bodiless

IDLE = 2.0
"""Seconds after which a connection is not used again: less than the five for which the service keeps one."""


class NotSentError(ConnectionError):
    """No connection could be made: the replica has not seen the request."""


class Upstream:
    """One replica's port, and the connections to it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._idle: list[_Connection] = []
        self._closed = False

    async def ask(self, method: str, target: str, headers: Iterable[tuple[str, str]] = (), body: bytes = b"") -> Answer:
        """The answer. Raises NotSentError where nobody listens, ConnectionError where the connection breaks."""
        connection = self._fresh() or await self._connect()
        try:
            answer = await connection.exchange(method, _encode(method, target, headers, body))
        except BaseException:
            connection.close()
            raise
        if connection.reusable and not self._closed:
            self._idle.append(connection)
        else:
            connection.close()
        return answer

    def close(self) -> None:
        """Close what is idle; a request that is under way ends in peace."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()

    def _fresh(self) -> _Connection | None:
        """The connection that was used last, if that is not long ago."""
        while self._idle:
            connection = self._idle.pop()
            if connection.alive and asyncio.get_running_loop().time() - connection.used_at < IDLE:
                return connection
            connection.close()
        return None

    async def _connect(self) -> _Connection:
        try:
            _, protocol = await asyncio.get_running_loop().create_connection(_Connection, LOOPBACK, self.port)
        except OSError as error:
            raise NotSentError(f"nobody listens on port {self.port}") from error
        return protocol


class _Connection(asyncio.Protocol):
    """One request after the other; httptools calls the `on_` methods."""

    transport: asyncio.Transport
    _done: asyncio.Future[Answer] | None = None
    used_at = 0.0
    reusable = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    @property
    def alive(self) -> bool:
        """Whether the replica has not closed it."""
        return not self.transport.is_closing()

    async def exchange(self, method: str, request: bytes) -> Answer:
        """Send a request and wait for the answer. Raises ConnectionError."""
        self._method, self._headers, self._body = method, list[tuple[str, str]](), list[bytes]()
        self.reusable = False
        done: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._done = done
        self._parser = httptools.HttpResponseParser(self)
        self.transport.write(request)
        return await done

    def close(self) -> None:
        """Close it at once."""
        self.transport.abort()

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, AttributeError):  # no HTTP, or an answer that nobody asked for
            self._fail("the replica's answer is not HTTP")

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail("the replica closed the connection")

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        if bodiless(self._method, self._parser.get_status_code()):
            self._finish(reusable=False)  # the parser would wait for a body that does not come

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        self._finish(reusable=self._parser.should_keep_alive())

    def _finish(self, *, reusable: bool) -> None:
        if self._done and not self._done.done():
            self.reusable, self.used_at = reusable, asyncio.get_running_loop().time()
            self._done.set_result(Answer(self._parser.get_status_code(), self._headers, b"".join(self._body)))

    def _fail(self, why: str) -> None:
        if self._done and not self._done.done():
            self._done.set_exception(ConnectionError(why))
            self._done.exception()  # nobody may be waiting any more


def _encode(method: str, target: str, headers: Iterable[tuple[str, str]], body: bytes) -> bytes:
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
    lines.append(f"content-length: {len(body)}\r\n\r\n")
    return "\r\n".join(lines).encode("latin-1") + body
