"""The shapes of requests and responses: what is not described here is refused."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from recsys.data import ID_PATTERN, LATEST

MAX_BATCH = 64
MAX_EVENTS = 100
MAX_JOB = 500


def _whole(value: object) -> object:
    """JSON has one kind of number: 10.0 is an integer to JSON Schema, and to us."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Length = Annotated[int, Field(ge=1, le=50), BeforeValidator(_whole)]
Hour = Annotated[int, Field(ge=0, le=23), BeforeValidator(_whole)]
Identifier = Annotated[str, Field(pattern=f"^{ID_PATTERN}$", max_length=64)]


class Shape(BaseModel):
    """Unknown fields are an error: a misspelt one would be ignored without a word; so is "5" where 5 is meant."""

    model_config = ConfigDict(extra="forbid", strict=True)


class RecommendationRequest(Shape):
    """Recommendations for one user."""

    user: Identifier
    k: Length = Field(10, description="How many items.")
    hour: Hour | None = Field(None, description="The user's local hour of the day.")
    exclude: list[Identifier] = Field([], max_length=100, description="Items to leave out.")


class BatchRequest(Shape):
    """Recommendations for several users of the tenant."""

    requests: list[RecommendationRequest] = Field(min_length=1, max_length=MAX_BATCH)


class RecommendedItem(Shape):
    """One item; scores order one list and mean nothing across lists."""

    item: str
    score: float


class RecommendationResponse(Shape):
    """Items for one user, best first."""

    user: str
    strategy: Literal["personal", "popular", "starter"] = Field(description="How the list was made.")
    variant: str | None = Field(description="The user's variant of the running experiment.")
    model_version: str | None
    items: list[RecommendedItem]


class BatchResponse(Shape):
    """Answers in the order of the requests."""

    results: list[RecommendationResponse]


class JobRequest(Shape):
    """Recommendations for many users, which nobody waits for."""

    requests: list[RecommendationRequest] = Field(min_length=1, max_length=MAX_JOB)


class JobAccepted(Shape):
    """The job is queued."""

    id: str
    status: Literal["waiting"]


class JobResponse(Shape):
    """A job; results are in the order of its requests, none until it is done."""

    id: str
    status: Literal["waiting", "done", "failed"]
    error: str | None = Field(description="Why it failed.")
    results: list[RecommendationResponse]


class EventRequest(Shape):
    """Something that a user did; sending it twice is the same as sending it once."""

    user: Identifier
    item: Identifier
    event: Literal["view", "open", "done", "dismiss"]
    timestamp: float | None = Field(None, ge=0, lt=LATEST, description="Epoch seconds; now, where it is left out.")


class EventsRequest(Shape):
    """Events of one tenant."""

    events: list[EventRequest] = Field(min_length=1, max_length=MAX_EVENTS)


class EventsResponse(Shape):
    """All events are on disk and will count."""

    accepted: int


class Health(Shape):
    """State of this process; `store` says whether Redis answers, which the service can live without."""

    status: Literal["ok", "starting"]
    store: Literal["up", "down"] | None = None
    models: int | None = None


class Problem(Shape):
    """What went wrong, as RFC 9457 describes it; nothing of the request is repeated."""

    title: str
    status: int
    detail: str
    request_id: str
    errors: list[str] = []
