"""Requests to a launched service, as an experiment, a scenario or a load makes them."""

import contextlib
import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from studyapp.runner.metrics import Snapshot, parse

LOOPBACK = "127.0.0.1"
SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Answer:
    """One response."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, decoded. Raises ValueError."""
        return json.loads(self.body)


@dataclass(slots=True)
class Client:
    """One kept-alive connection to a service; `keys` are API keys by tenant. Each thread needs its own."""

    port: int
    keys: Mapping[str, str] = field(repr=False)
    _connection: http.client.HTTPConnection | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """Where the service listens."""
        return f"http://{LOOPBACK}:{self.port}"

    def request(
        self, method: str, path: str, body: object = None, tenant: str = "", more: Mapping[str, str] | None = None
    ) -> Answer:
        """One request, in the name of a tenant, with `more` headers.

        Raises OSError or http.client.HTTPException where no answer comes.
        """
        headers = {"content-type": "application/json", **(more or {})}
        if tenant:
            headers["x-api-key"] = self.keys[tenant]
        data = None if body is None else json.dumps(body).encode()
        if self._connection is not None:  # the service may have closed it meanwhile: then a new one is opened
            with contextlib.suppress(ConnectionError, http.client.RemoteDisconnected, http.client.CannotSendRequest):
                return self._send(method, path, data, headers)
        self.close()
        self._connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=SECONDS)
        return self._send(method, path, data, headers)

    def recommend(self, user: str, tenant: str = "", **asked: object) -> Answer:
        """Recommendations for a user of a tenant, of the first one where none is named."""
        body = {"user": user, **asked}
        return self.request("POST", "/v1/recommendations", body, tenant or next(iter(self.keys)))

    def metrics(self) -> Snapshot:
        """What the service says of itself at this moment."""
        answer = self.request("GET", "/metrics")
        return parse(answer.body.decode(), time.monotonic())

    def ready(self) -> bool:
        """Whether it answers and says that it is ready."""
        try:
            return self.request("GET", "/health/ready").status == 200
        except (OSError, http.client.HTTPException):
            self.close()
            return False

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _send(self, method: str, path: str, data: bytes | None, headers: Mapping[str, str]) -> Answer:
        assert self._connection is not None
        self._connection.request(method, path, data, dict(headers))
        response = self._connection.getresponse()
        named = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, named, response.read())
