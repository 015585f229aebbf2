"""Passing HTTP on: what whoever stands between a client and a service owes to both, the splitter and the front alike.

Headers that belong to one hop stay there, and only what may be done twice is sent twice: GET, HEAD, and the POST paths
that are reads (a recommendation is one, storing an event is not).
Source: RFC 9110, 7.6.1 (hop-by-hop) and 9.2.2 (idempotent methods).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
READS = frozenset({"GET", "HEAD"})
SAFE_POSTS = frozenset({"/v1/recommendations", "/v1/recommendations/batch"})
LOOPBACK = "127.0.0.1"


class Answer(NamedTuple):
    """The answer of one that was asked, as it is passed on."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


def end_to_end(headers: Iterable[tuple[str, str]], without: Collection[str] = ()) -> list[tuple[str, str]]:
    """The headers that are meant for the other end; `without` names more to leave out, in lower case."""
    given = list(headers)
    left_out = HOP_BY_HOP.union(without)
    for name, value in given:
        if name.lower() == "connection":
            left_out |= {token.strip().lower() for token in value.split(",")}
    return [(name, value) for name, value in given if name.lower() not in left_out]


def repeatable(method: str, target: str, safe_posts: Collection[str] = SAFE_POSTS) -> bool:
    """Whether a request may reach two versions or two replicas without doing something twice."""
    return method in READS or (method == "POST" and target.partition("?")[0] in safe_posts)


def bodiless(method: str, status: int) -> bool:
    """Whether an answer has no body whatever its Content-Length says."""
    return method == "HEAD" or status in (204, 304)
