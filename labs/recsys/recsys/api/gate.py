"""The gate that every request passes, outside of the framework: who calls, how much, how long, how many at once.

It gives each request an id, refuses callers without a key, or with more than their quota, before reading what they
send, bounds body and time, sheds load above what the process can carry, and counts and logs the outcome. No response
leaves as an unexplained 500.
"""

from __future__ import annotations

import asyncio
import itertools
import math
import re
import secrets
import time
from http import HTTPStatus
from typing import Protocol

from prometheus_client import Counter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from recsys.api.problems import MEDIA_TYPE, RETRY_AFTER, problem
from recsys.logs import Log
from recsys.quota import TenantQuota
from recsys.settings import Settings
from recsys.shedding import LoadShedder, OverloadedError
from recsys.tenancy import KeyRing

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._\-]{1,64}")
_EXEMPT = ("/health/", "/metrics")
"""Probes and scrapes are answered under any load: else a busy service is taken for a dead one."""


class _Refused(Exception):
    """Answer with an error and read no further."""

    def __init__(self, status: int, detail: str, shed: str = "", **headers: str) -> None:
        super().__init__(detail)
        self.status, self.detail, self.shed = status, detail, shed
        self.headers = headers | ({"retry-after": RETRY_AFTER} if shed else {})


class GateMetrics(Protocol):
    """What the gate counts in."""

    shed: Counter
    over_quota: Counter

    def request(self, path: str, status: int, seconds: float) -> None:
        """Count one request."""
        ...


class Gate:
    """ASGI middleware around the whole application."""

    def __init__(
        self, app: ASGIApp, settings: Settings, keys: KeyRing, metrics: GateMetrics, log: Log, shedder: LoadShedder
    ) -> None:
        self._app, self._settings, self._keys, self._metrics, self._log = app, settings, keys, metrics, log
        self._shedder, self._quota = shedder, TenantQuota(settings.tenant_rate)
        self._process, self._serial = secrets.token_hex(4), itertools.count()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, or answer it."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        await _Passage(self, scope, receive, send).run()

    async def admit(self, scope: Scope, headers: dict[bytes, bytes], receive: Receive, send: Send) -> None:
        """Check the caller and pass the request on. Raises _Refused."""
        path: str = scope["path"]
        if path.startswith("/v1/"):
            scope["tenant"] = tenant = self._tenant(headers)
            self._charge(tenant)
        async with asyncio.timeout(self._settings.request_timeout):
            body = await self._body(headers, receive)
            if path.startswith(_EXEMPT):
                await self._app(scope, _replay(body, receive), send)
                return
            try:
                with self._shedder.admit("batch" if path.endswith("/batch") else "interactive"):
                    await self._app(scope, _replay(body, receive), send)
            except OverloadedError as error:
                raise _Refused(503, "The service is busy; try again in a second.", "busy") from error

    def finish(self, scope: Scope, request_id: str, status: int, seconds: float) -> None:
        """Count and log the outcome."""
        path: str = scope["path"]
        self._metrics.request(path, status, seconds)
        if not path.startswith(_EXEMPT):
            self._log.write(
                "request", id=request_id, tenant=scope.get("tenant"), method=scope["method"],
                route=path if status != 404 else None, status=status, ms=round(seconds * 1000, 3),
            )  # fmt: skip

    def failed(self, scope: Scope, request_id: str, error: Exception) -> _Refused:
        """What to answer to a fault of ours: declared as a refusal, logged by type and place, never by content."""
        frame = error.__traceback__
        while frame is not None and frame.tb_next is not None:
            frame = frame.tb_next
        place = f"{frame.tb_frame.f_code.co_filename.rpartition('/')[2]}:{frame.tb_lineno}" if frame else ""
        self._log.write("fault", id=request_id, error=type(error).__name__, place=place)
        return _Refused(503, "The service failed to answer; try again in a second.", "fault")

    def new_id(self) -> str:
        """An id that no other request of any process has; cheaper than fresh random bytes for each."""
        return f"{self._process}-{next(self._serial):x}"

    def shed(self, reason: str) -> None:
        """Count a refusal."""
        self._metrics.shed.labels(reason).inc()

    def _tenant(self, headers: dict[bytes, bytes]) -> str:
        key = headers.get(b"x-api-key", b"").decode("latin-1")
        tenant = self._keys.tenant_of(key)
        if tenant is None:
            raise _Refused(401, "Send an API key in the X-API-Key header.", **{"www-authenticate": "ApiKey"})
        return tenant

    def _charge(self, tenant: str) -> None:
        """Count the request against its tenant. Raises _Refused where that has had enough for now."""
        if wait := self._quota.take(tenant):
            self._metrics.over_quota.inc()
            seconds = math.ceil(wait)
            detail = f"Your workspace sends more than {self._quota.rate:g} requests a second; try again in {seconds} s."
            raise _Refused(429, detail, **{"retry-after": str(seconds)})

    async def _body(self, headers: dict[bytes, bytes], receive: Receive) -> bytes:
        """The whole body. Raises _Refused as soon as it is known to be too long: a chunked body declares no length."""
        limit = self._settings.max_body
        declared = headers.get(b"content-length", b"0")
        if not declared.isdigit() or int(declared[:20]) > limit:
            raise _Refused(413, f"A body may have {limit} bytes at most.")
        body = b""
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise _Refused(400, "The body ended too early.")
            body += bytes(message.get("body", b""))
            if len(body) > limit:
                raise _Refused(413, f"A body may have {limit} bytes at most.")
            if not message.get("more_body"):
                return body


def _replay(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body which was read already, then waits for the client to leave."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return messages.pop() if messages else await receive()

    return replay


class _Passage:
    """One request on its way: its id, and what has been answered so far."""

    def __init__(self, gate: Gate, scope: Scope, receive: Receive, send: Send) -> None:
        self._gate, self._scope, self._receive, self._send_on = gate, scope, receive, send
        self._headers: dict[bytes, bytes] = dict(scope["headers"])
        given = self._headers.get(b"x-request-id")
        self._id = given.decode() if given and _REQUEST_ID.fullmatch(given) else gate.new_id()
        scope["request_id"] = self._id
        self._status = 0
        self._complete = False

    async def run(self) -> None:
        """Pass the request through the gate, and answer whatever stops it."""
        started = time.perf_counter()
        try:
            await self._gate.admit(self._scope, self._headers, self._receive, self._send)
        except _Refused as refusal:
            await self._refuse(refusal)
        except TimeoutError:
            await self._refuse(_Refused(503, "The request took too long.", "timeout"))
        except Exception as error:  # the last line: a fault of ours is declared, and never a bare 500
            await self._refuse(self._gate.failed(self._scope, self._id, error))
        finally:
            self._gate.finish(self._scope, self._id, self._status or 499, time.perf_counter() - started)

    async def _refuse(self, refusal: _Refused) -> None:
        if refusal.shed:
            self._gate.shed(refusal.shed)
        if self._complete:
            return
        if self._status:  # part of an answer is out: only cutting the connection is honest
            raise ConnectionAbortedError(f"{HTTPStatus(self._status).phrase} was followed by: {refusal.detail}")
        body = problem(refusal.status, refusal.detail, self._id)
        headers = {
            "content-type": MEDIA_TYPE,
            "content-length": str(len(body)),
            "connection": "close",
            **refusal.headers,
        }
        encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
        await self._send({"type": "http.response.start", "status": refusal.status, "headers": encoded})
        await self._send({"type": "http.response.body", "body": body})

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            message["headers"] = [*message.get("headers", ()), (b"x-request-id", self._id.encode())]
        elif message["type"] == "http.response.body":
            self._complete = not message.get("more_body")
        await self._send_on(message)
