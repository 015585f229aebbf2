"""The replicas of a launched service: which there are, how many there should be."""

import http.client
import json
import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PATH = "/fleet/replicas"
SECONDS = 30.0  # those that are taken away finish what they have begun


class ReplicaError(Exception):
    """What was asked of the replicas cannot be done; the message says why."""


@dataclass(frozen=True, slots=True)
class Replica:
    """One process of the service; `state` is starting, ready, ejected, down (started again soon) or draining."""

    name: str
    pid: int  # 0 while there is no process
    state: str
    url: str  # empty while it does not listen

    def kill(self) -> None:
        """End it with KILL, as a crash would. Raises ReplicaError where it has ended already."""
        try:
            if not self.pid:
                raise ProcessLookupError
            os.kill(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            raise ReplicaError(f"replica {self.name} is not running at the moment; try again when it is") from None


@dataclass(frozen=True, slots=True)
class FleetClient:
    """Asks the front of a fleet, with the token that it left in the service's state directory."""

    port: int
    state: Path

    def replicas(self) -> list[Replica]:
        """All replicas. Raises ReplicaError where the front does not answer."""
        return self._ask("GET", None)

    def scale(self, count: int) -> list[Replica]:
        """Let there be so many; new ones are still starting when it returns. Raises ReplicaError."""
        return self._ask("POST", json.dumps({"count": count}))

    def _ask(self, method: str, body: str | None) -> list[Replica]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        try:
            headers = {"authorization": f"Bearer {(self.state / 'fleet.token').read_text('utf-8')}"}
            connection.request(method, PATH, body, headers)
            response = connection.getresponse()
            said: Mapping[str, list[dict[str, object]]] = json.loads(response.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise ReplicaError(f"the service does not say which replicas it has ({error})") from None
        finally:
            connection.close()
        if response.status >= 400:
            raise ReplicaError(str(said["detail"]))
        return [Replica(**one) for one in said["replicas"]]  # type: ignore[arg-type]
