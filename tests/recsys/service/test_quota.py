"""A noisy tenant on the running service, alone and behind a front: it is refused, in words, and the others are not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import schemathesis
from running import Running, start, until
from schemathesis.specs.openapi import checks

READ = "/v1/recommendations"
CONFORMS = [
    checks.status_code_conformance, checks.response_schema_conformance, checks.content_type_conformance,
    checks.response_headers_conformance,
]  # fmt: skip


@pytest.mark.parametrize(("command", "name"), [("serve", "recsys_over_quota"), ("fleet", "recsys_front_over_quota")])
def test_who_asks_too_much_waits_and_nobody_else_does(
    command: str, name: str, state: Path, trained: tuple[Path, Mapping[str, str]], request: pytest.FixtureRequest
) -> None:
    options = ("--replicas", "1") if command == "fleet" else ()
    service = start(state, trained[1], *options, "--tenant-rate", "0.1", command=command)
    request.addfinalizer(service.stop)
    case = documented(service)
    assert service.request("POST", READ, {"user": "u1"}).status == 200
    refusal = service.request("POST", READ, {"user": "u1"})
    assert refusal.status == 429
    assert 1 <= int(refusal.headers["retry-after"]) <= 10
    assert "more than 0.1 requests a second" in refusal.json["detail"]
    assert service.send("u1", "board:1").status == 429
    assert service.request("POST", READ, {"user": "u1"}, "globex").status == 200
    assert service.request("GET", "/health/live", tenant=None).status == 200
    assert service.metric(f"{name}_total") == 2
    response = case.call()
    assert response.status_code == 429
    case.validate_response(response, checks=CONFORMS)
    until(lambda: service.request("POST", READ, {"user": "u1"}).status == 200, "the tenant to be let in again")


def documented(service: Running) -> schemathesis.Case:
    """A request as the document describes it, which names 429 on every path of tenants."""
    schema = schemathesis.openapi.from_url(f"http://127.0.0.1:{service.port}/openapi.json")
    paths = [path for path in schema.raw_schema["paths"] if path.startswith("/v1/")]
    assert paths
    for path in paths:
        assert all("429" in operation["responses"] for operation in schema.raw_schema["paths"][path].values())
    return schema[READ]["POST"].Case(body={"user": "u1"}, headers={"X-API-Key": service.keys["acme"]})


def test_no_tenant_has_a_quota_unless_it_is_asked_for(serve: Callable[..., Running]) -> None:
    service = serve()
    assert {service.request("POST", READ, {"user": "u1"}).status for _ in range(100)} == {200}
    assert service.metric("recsys_over_quota_total") == 0
