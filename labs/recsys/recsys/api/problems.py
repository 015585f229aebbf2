"""Errors as `application/problem+json` (RFC 9457), in words for the person who has to repair the call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = "1"
SHOWN_ERRORS = 10


class ShedError(Exception):
    """The service refuses this request to protect the others, or cannot promise what was asked; try again soon."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail


def problem(status: int, detail: str, request_id: str, errors: Sequence[str] = ()) -> bytes:
    """The body of an error response."""
    body = {"title": HTTPStatus(status).phrase, "status": status, "detail": detail, "request_id": request_id}
    return msgspec.json.encode(body | {"errors": list(errors)})


def respond(request: Request, status: int, detail: str, errors: Sequence[str] = (), **headers: str) -> Response:
    """An error response; header names with `_` for `-`."""
    body = problem(status, detail, request.scope.get("request_id", ""), errors)
    return Response(body, status, {name.replace("_", "-"): value for name, value in headers.items()}, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Let every error leave `app` in this form."""
    app.add_exception_handler(RequestValidationError, _invalid)  # type: ignore[arg-type]
    app.add_exception_handler(HTTPException, _http)  # type: ignore[arg-type]
    app.add_exception_handler(ShedError, _shed)  # type: ignore[arg-type]
    app.add_exception_handler(Exception, _fault)


async def _invalid(request: Request, error: RequestValidationError) -> Response:
    errors = [_one_error(one) for one in error.errors()[:SHOWN_ERRORS]]
    return respond(request, 422, "The request does not have the shape that /docs describes.", errors)


async def _http(request: Request, error: HTTPException) -> Response:
    details = {
        400: "The body is not JSON.",
        404: "There is nothing at this path; /docs lists what there is.",
        405: "This path does not take this method; the Allow header lists those it takes.",
    }
    response = respond(request, error.status_code, details.get(error.status_code, HTTPStatus(error.status_code).phrase))
    for name, value in (error.headers or {}).items():
        response.headers[name] = value
    return response


async def _shed(request: Request, error: ShedError) -> Response:
    request.app.state.service.metrics.shed.labels(error.reason).inc()
    return respond(request, 503, error.detail, Retry_After=RETRY_AFTER)


async def _fault(request: Request, error: Exception) -> Response:
    """A fault of ours is declared like a refusal; the gate, which sees the exception next, logs where it arose."""
    return await _shed(request, ShedError("fault", "The service failed to answer; try again in a second."))


def _one_error(error: Mapping[str, object]) -> str:
    """`body.k: Input should be ...`: the place and the rule, never the value, which may say who somebody is."""
    place = error.get("loc")
    steps = [str(step)[:32].encode("ascii", "replace").decode() for step in (place if isinstance(place, tuple) else ())]
    return f"{'.'.join(steps[:8])}: {error.get('msg', 'is not valid')}"
