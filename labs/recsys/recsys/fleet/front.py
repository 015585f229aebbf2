"""The application in front of the replicas: answers for the fleet what concerns the fleet, and passes on the rest."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, Router
from starlette.types import Receive, Scope, Send

from recsys.api.problems import MEDIA_TYPE, RETRY_AFTER, problem
from recsys.balance import NoReplicaError
from recsys.fleet.admin import allowed
from recsys.fleet.delivery import Delivery, UndeliveredError
from recsys.fleet.delivery import Request as Passed
from recsys.fleet.fleet import Fleet
from recsys.fleet.metrics import FrontMetrics
from recsys.metrics import CONTENT_TYPE
from recsys.passing import Answer, bodiless, end_to_end

SCRAPE_SECONDS = 2.0
JSON = "application/json"
_OURS = ("content-length", "expect", "x-request-id")
"""Headers that the front sets itself."""


class _Wanted(msgspec.Struct, forbid_unknown_fields=True):
    count: int


class _User(msgspec.Struct):
    user: str


class _Asking(msgspec.Struct):
    """What of a request's body decides where it goes: a user, or the first one's of several."""

    user: str = ""
    requests: list[_User] = []
    events: list[_User] = []

    @property
    def key(self) -> str:
        """The user's name."""
        return next((one.user for one in (*self.requests, *self.events)), self.user)


class Front:
    """Health, metrics and size of the fleet; `hashed` says whether a request's user decides where it goes."""

    def __init__(
        self, fleet: Fleet, delivery: Delivery, metrics: FrontMetrics, token: str, *, hashed: bool = False
    ) -> None:
        self._fleet, self._delivery, self._metrics, self._token, self._hashed = fleet, delivery, metrics, token, hashed

    def router(self, lifespan: Callable[[object], AbstractAsyncContextManager[None]]) -> Router:
        """The ASGI application."""
        return Router(
            [
                Route("/health/live", self._live),
                Route("/health/ready", self._ready),
                Route("/health/startup", self._ready),
                Route("/metrics", self._scrape),
                Route("/fleet/replicas", self._replicas, methods=["GET"]),
                Route("/fleet/replicas", self._scale, methods=["POST"]),
                Mount("/", self._pass_on),
            ],
            redirect_slashes=False,
            lifespan=lifespan,
        )

    async def _live(self, _: Request) -> Response:
        return Response(b'{"status":"ok"}', media_type=JSON)

    async def _ready(self, _: Request) -> Response:
        """Ready while one replica is."""
        health = self._fleet.health()
        if health is None:
            return Response(b'{"status":"starting"}', 503, {"retry-after": RETRY_AFTER}, JSON)
        body = {"status": "ok", "store": health.store, "models": health.models}
        return Response(msgspec.json.encode(body), media_type=JSON)

    async def _scrape(self, _: Request) -> Response:
        """A replica that does not answer now is left out: the others' figures must not wait for it."""
        names = sorted(self._fleet.upstreams)
        texts = await asyncio.gather(*map(self._text_of, names))
        found = {name: text for name, text in zip(names, texts, strict=True) if text}
        return Response(self._metrics.render(self._fleet.states(), found), headers={"content-type": CONTENT_TYPE})

    async def _text_of(self, name: str) -> str:
        try:
            async with asyncio.timeout(SCRAPE_SECONDS):
                return (await self._fleet.upstreams[name].ask("GET", "/metrics")).body.decode()
        except (OSError, TimeoutError):
            return ""

    async def _replicas(self, request: Request) -> Response:
        if not allowed(request, self._token):
            return _problem(request, 403, "Send the token of the state directory's fleet.token, from this machine.")
        return self._listed(200)

    async def _scale(self, request: Request) -> Response:
        """Returns at once where replicas are added, and when the last one has drained where some are taken away."""
        if not allowed(request, self._token):
            return _problem(request, 403, "Send the token of the state directory's fleet.token, from this machine.")
        try:
            await asyncio.shield(self._fleet.scale(msgspec.json.decode(await request.body(), type=_Wanted).count))
        except (ValueError, msgspec.MsgspecError) as error:
            return _problem(request, 422, f'Send {{"count": N}}: {error}.')
        return self._listed(202)

    def _listed(self, status: int) -> Response:
        replicas = [
            {"name": one.name, "pid": one.pid, "state": one.state, "url": one.url} for one in self._fleet.members
        ]
        return Response(msgspec.json.encode({"replicas": replicas}), status, media_type=JSON)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            name, answer = await self._delivery.deliver(await self._passed(request))
            response = _response(request.method, name, answer)
        except (NoReplicaError, UndeliveredError):
            self._metrics.shed.labels("no replica").inc()
            response = _problem(request, 503, "No replica answers at the moment; try again in a second.")
            response.headers["retry-after"] = RETRY_AFTER
        await response(scope, receive, send)

    async def _passed(self, request: Request) -> Passed:
        scope, body = request.scope, await request.body()
        given = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
        headers = (*end_to_end(given, _OURS), ("x-request-id", scope["request_id"]))
        query = scope["query_string"].decode("latin-1")
        target = scope["raw_path"].decode("latin-1") + (f"?{query}" if query else "")
        return Passed(request.method, target, headers, body, self._key(scope, body))

    def _key(self, scope: Scope, body: bytes) -> str:
        """Tenant and user: all that one user asks goes to one replica, which has it in its cache."""
        if not self._hashed:
            return ""
        try:
            user = msgspec.json.decode(body, type=_Asking).key if body else ""
        except msgspec.MsgspecError:
            user = ""
        return f"{scope.get('tenant', '')}:{user}"


def _response(method: str, name: str, answer: Answer) -> Response:
    headers = end_to_end(answer.headers, ("x-request-id",) if bodiless(method, answer.status) else _OURS)
    response = Response(answer.body, answer.status)
    given = [(each.encode("latin-1"), value.encode("latin-1")) for each, value in headers]
    own = [] if bodiless(method, answer.status) else [(b"content-length", b"%d" % len(answer.body))]
    response.raw_headers = [*((each.lower(), value) for each, value in given), *own, (b"x-served-by", name.encode())]
    return response


def _problem(request: Request, status: int, detail: str) -> Response:
    return Response(problem(status, detail, request.scope["request_id"]), status, media_type=MEDIA_TYPE)
