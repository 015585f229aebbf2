"""The running service keeps what its OpenAPI document promises, for requests that nobody thought of."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from running import Running


@pytest.fixture
def document(service: Running) -> schemathesis.BaseSchema:
    """The document as the service serves it."""
    return schemathesis.openapi.from_url(f"http://127.0.0.1:{service.port}/openapi.json")


schema = schemathesis.pytest.from_fixture("document")


@schema.parametrize()
@settings(
    max_examples=40, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
def test_every_operation_conforms(case: schemathesis.Case, service: Running) -> None:
    case.call_and_validate(headers={"X-API-Key": service.keys["acme"]})
