"""The routes: from a checked request to the service, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request, Response

from recsys.answers import Prepared
from recsys.answers import Request as Asked
from recsys.api.problems import RETRY_AFTER, ShedError
from recsys.api.schemas import (
    BatchRequest,
    BatchResponse,
    EventsRequest,
    EventsResponse,
    Health,
    Problem,
    RecommendationRequest,
    RecommendationResponse,
)  # fmt: skip
from recsys.api.typed import TypedRoute
from recsys.batching import OverloadedError
from recsys.journal import JournalUnavailableError
from recsys.metrics import CONTENT_TYPE
from recsys.service import Service

JSON = "application/json"
_ERRORS = {
    400: "The body is not JSON.", 401: "No API key, or nobody's.", 413: "The body is too large.",
    422: "The body does not have this shape.",
}  # fmt: skip
_LATER = {
    429: "More requests than your workspace may send; try again after Retry-After seconds.",
    503: "Refused, to protect the others; try again after Retry-After seconds.",
}
_RETRY_AFTER = {"Retry-After": {"schema": {"type": "integer"}, "required": True}}
DOCUMENTED: dict[int | str, dict[str, Any]] = {
    **{status: {"description": text, "model": Problem} for status, text in _ERRORS.items()},
    **{status: {"description": text, "model": Problem, "headers": _RETRY_AFTER} for status, text in _LATER.items()},
}
SECURED: dict[str, Any] = {"security": [{"ApiKey": []}]}


class _List(Response):
    """A list that is JSON already, with its headers as they go out: nothing is left to render or to look up."""

    def __init__(self, body: bytes, cache: bytes) -> None:
        self.status_code, self.body, self.background = 200, body, None
        self.raw_headers = [
            (b"content-length", b"%d" % len(body)), (b"content-type", JSON.encode()), (b"x-cache", cache),
        ]  # fmt: skip


tenants = APIRouter(prefix="/v1", responses=DOCUMENTED, tags=["tenants"], route_class=TypedRoute)
operators = APIRouter(tags=["operators"])


@tenants.post("/recommendations", response_model=RecommendationResponse, openapi_extra=SECURED)
async def recommendations(body: RecommendationRequest, request: Request) -> Response:
    """Recommend items to one user."""
    service: Service = request.app.state.service
    prepared = service.answerer.prepare(_asked(request, body))
    answer = service.answerer.cached(prepared)
    if answer is not None:
        return _List(answer, b"hit")
    return _List(await _computed(service, prepared), b"miss")


@tenants.post("/recommendations/batch", response_model=BatchResponse, openapi_extra=SECURED)
async def recommendations_batch(body: BatchRequest, request: Request) -> Response:
    """Recommend items to several users, in one go."""
    service: Service = request.app.state.service
    prepared = [service.answerer.prepare(_asked(request, one)) for one in body.requests]
    return Response(b'{"results":[%b]}' % b",".join(await _computed_batch(service, prepared)), media_type=JSON)


@tenants.post("/events", response_model=EventsResponse, status_code=202, openapi_extra=SECURED)
async def events(body: EventsRequest, request: Request) -> Response:
    """Record what users did. 202 means: on disk, and never lost."""
    service: Service = request.app.state.service
    try:
        accepted = await service.accept(request.scope["tenant"], body.events)
    except JournalUnavailableError as error:
        raise ShedError("journal", "Events cannot be stored at the moment; none of these was.") from error
    return Response(b'{"accepted":%d}' % accepted, 202, media_type=JSON)


@operators.get("/health/live", response_model=Health)
async def live() -> Response:
    """Whether the process works at all; looks at nothing outside of it."""
    return Response(b'{"status":"ok"}', media_type=JSON)


@operators.get("/health/ready", response_model=Health, responses={503: {"model": Health}})
@operators.get("/health/startup", response_model=Health, responses={503: {"model": Health}})
async def ready(request: Request) -> Response:
    """Whether models and keys are loaded. A dead store leaves the service ready: it answers without one."""
    service: Service = request.app.state.service
    health = Health(
        status="ok" if service.loaded else "starting",
        store="up" if service.store_up else "down",
        models=len(service.shelf.models()),
    )
    headers = {} if service.loaded else {"Retry-After": RETRY_AFTER}
    return Response(health.model_dump_json(), 200 if service.loaded else 503, headers, JSON)


@operators.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def metrics(request: Request) -> Response:
    """Metrics in Prometheus' text format."""
    service: Service = request.app.state.service
    return Response(service.render_metrics(), headers={"content-type": CONTENT_TYPE})


def _asked(request: Request, body: RecommendationRequest) -> Asked:
    return Asked(request.scope["tenant"], body.user, body.k, body.hour, tuple(body.exclude))


async def _computed(service: Service, prepared: Prepared) -> bytes:
    """The computed answer, or the best that memory has where that takes too long."""
    try:
        async with asyncio.timeout(service.settings.answer_timeout):
            return await service.batcher.submit(prepared)
    except TimeoutError:
        return service.answerer.fallback(prepared, "timeout")
    except OverloadedError:
        return service.answerer.fallback(prepared, "overload")


async def _computed_batch(service: Service, prepared: Sequence[Prepared]) -> list[bytes]:
    try:
        async with asyncio.timeout(service.settings.answer_timeout):
            return await service.answer_many(prepared)
    except TimeoutError:
        return [service.answerer.fallback(one, "timeout") for one in prepared]
