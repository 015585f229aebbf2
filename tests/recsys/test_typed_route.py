"""The shorter way for a request's body gives what FastAPI's own way gives, whatever is sent."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Request, Response
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys.api import problems
from recsys.api.schemas import EventsRequest, RecommendationRequest
from recsys.api.typed import TypedRoute

JSON = "application/json"


async def recommend(body: RecommendationRequest, request: Request) -> Response:
    return Response(body.model_dump_json())


async def record(body: EventsRequest, request: Request) -> Response:
    return Response(body.model_dump_json())


def application(**options: Any) -> FastAPI:
    router = APIRouter(**options)
    router.add_api_route("/recommend", recommend, methods=["POST"], response_model=None)
    router.add_api_route("/record", record, methods=["POST"], response_model=None)
    app = FastAPI()
    app.include_router(router)
    problems.install(app)
    return app


WHOLE, TYPED = application(), application(route_class=TypedRoute)


def ask(app: FastAPI, method: str, path: str, body: bytes = b"", kind: str | None = None) -> httpx.Response:
    """One request, without a server."""

    async def one() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
            return await client.request(method, path, content=body, headers={"content-type": kind} if kind else {})

    return asyncio.run(one())


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 60),
    st.floats(),
    st.sampled_from(["u1", "5", "a b", "view", "", "\ud800"]),
)
ASKED = st.fixed_dictionaries(
    {"user": st.sampled_from(["u1", "u2"]) | VALUES},
    optional={"k": VALUES, "hour": VALUES, "exclude": st.lists(VALUES, max_size=3) | VALUES, "more": VALUES},
)
EVENT = st.fixed_dictionaries(
    {"user": st.just("u1"), "item": st.sampled_from(["i", "j"]), "event": st.sampled_from(["view", "done"]) | VALUES},
    optional={"timestamp": VALUES | st.floats(0, 2e9)},
)


def same(path: str, body: bytes, kind: str | None) -> int:
    ours, theirs = (ask(app, "POST", path, body, kind) for app in (TYPED, WHOLE))
    assert (ours.status_code, ours.content) == (theirs.status_code, theirs.content)
    return ours.status_code


@settings(max_examples=150, deadline=None)
@given(ASKED)
def test_any_request_gives_the_same(body: dict[str, object]) -> None:
    same("/recommend", json.dumps(body).encode(), JSON)


@settings(max_examples=50, deadline=None)
@given(st.lists(EVENT, max_size=3))
def test_any_events_give_the_same(events: list[dict[str, object]]) -> None:
    same("/record", json.dumps({"events": events}).encode(), JSON)


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b'{"user": "u1", "k": 10.0}', JSON, 200),
        (b'{"user": "u1", "user": "u2"}', JSON, 200),
        (b'{"user": "u1"}', "application/json; charset=utf-8", 200),
        (b'{"user": "u1"}', "application/vnd.ours+json", 200),
        ('{"user": "u1"}'.encode("utf-16"), JSON, 200),
        (b'{"user": "u1"}', "text/plain", 422),
        (b'{"user": "u1"}', None, 422),
        (b'{"user": "u1"} x', JSON, 422),
        (b"", JSON, 422),
    ],
)
def test_media_types_and_encodings_are_taken_as_before(body: bytes, kind: str | None, status: int) -> None:
    assert same("/recommend", body, kind) == status


def test_a_valid_body_goes_the_shorter_way(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(self: Request) -> Any:
        raise AssertionError("FastAPI reads the JSON itself")

    monkeypatch.setattr(Request, "json", refuse)
    assert ask(TYPED, "POST", "/recommend", b'{"user": "u1"}', JSON).status_code == 200


def test_the_document_is_the_same() -> None:
    ours, theirs = (ask(app, "GET", "/openapi.json").json() for app in (TYPED, WHOLE))
    assert ours == theirs
    assert "RecommendationRequest" in ours["components"]["schemas"]
