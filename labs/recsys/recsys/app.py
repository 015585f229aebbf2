"""The FastAPI application: the service behind its routes, behind the gate."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

from recsys.api import problems
from recsys.api.gate import Gate
from recsys.api.job_routes import jobs
from recsys.api.routes import JSON, operators, tenants
from recsys.service import Service

TITLE, VERSION = "Mini recommender", "1.0.0"
ABOUT = "Recommends boards, automations, integrations and templates to the users of many workspaces."


def create_app(service: Service) -> Gate:
    """The ASGI application that serves `service`, which it starts and stops."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await service.start()
        yield
        await service.stop()

    app = FastAPI(
        title=TITLE, version=VERSION, description=ABOUT, lifespan=lifespan, redirect_slashes=False,
        routes=[*tenants.routes, *jobs.routes, *operators.routes],
    )  # fmt: skip
    app.state.service = service
    problems.install(app)
    _complete_document(app)
    return Gate(app, service.settings, service.keys, service.metrics, service.log, service.shedder)


def _complete_document(app: FastAPI) -> None:
    """Add to the OpenAPI document what the gate and the error handlers do, which FastAPI does not see."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        document = generate()
        schemes = document["components"].setdefault("securitySchemes", {})
        schemes["ApiKey"] = {"type": "apiKey", "in": "header", "name": "X-API-Key"}
        for path, operations in document["paths"].items():
            for operation in operations.values() if path.startswith("/v1/") else ():
                _name_problems(operation["responses"])
        return document

    app.openapi = openapi  # type: ignore[method-assign]


def _name_problems(responses: dict[str, Any]) -> None:
    """Errors have a media type of their own."""
    for status, response in responses.items():
        if status.startswith(("4", "5")) and JSON in response["content"]:
            response["content"][problems.MEDIA_TYPE] = response["content"].pop(JSON)
