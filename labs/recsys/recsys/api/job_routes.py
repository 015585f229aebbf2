"""The routes of jobs: lists for many users, asked for now and fetched when they are made."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import msgspec
import redis
from fastapi import APIRouter, Path, Request, Response

from recsys.api.problems import ShedError, respond
from recsys.api.routes import DOCUMENTED, JSON, SECURED
from recsys.api.schemas import JobAccepted, JobRequest, JobResponse, Problem
from recsys.jobs import OPEN
from recsys.service import Service
from recsys.worker import QueueFullError

FULL = "10"
"""Seconds after which to try again where a tenant has too many unfinished jobs."""
_MISSING: dict[int | str, dict[str, Any]] = {404: {"description": "Your workspace has no such job.", "model": Problem}}
Id = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="As it was given when the job was taken.")]

jobs = APIRouter(prefix="/v1", responses=DOCUMENTED, tags=["jobs"])


@jobs.post("/jobs", response_model=JobAccepted, status_code=202, openapi_extra=SECURED)
async def submit(body: JobRequest, request: Request) -> Response:
    """Ask for lists that a worker makes when it has time; fetch them with the id."""
    service: Service = request.app.state.service
    asked = [one.model_dump() for one in body.requests]
    try:
        job_id = await asyncio.to_thread(service.jobs.submit, request.scope["tenant"], asked)
    except QueueFullError:
        return respond(request, 429, f"Your workspace has {OPEN} unfinished jobs already.", Retry_After=FULL)
    except redis.RedisError as error:
        raise ShedError("jobs", "Jobs cannot be taken at the moment; this one was not.") from error
    return Response(msgspec.json.encode({"id": job_id, "status": "waiting"}), 202, media_type=JSON)


@jobs.get("/jobs/{id}", response_model=JobResponse, responses=_MISSING, openapi_extra=SECURED)
async def fetch(id: Id, request: Request) -> Response:
    """How far a job is, and its lists once they are made; they are kept for a quarter of an hour."""
    service: Service = request.app.state.service
    try:
        found = await asyncio.to_thread(service.jobs.find, request.scope["tenant"], id)
    except redis.RedisError as error:
        raise ShedError("jobs", "Jobs cannot be looked up at the moment.") from error
    if found is None:
        return respond(request, 404, "Your workspace has no such job; results are kept for a quarter of an hour.")
    body = {"id": id, "status": found.status, "error": found.error or None, "results": found.results}
    return Response(msgspec.json.encode(body), media_type=JSON)
