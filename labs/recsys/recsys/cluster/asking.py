"""Carries out one probe over the network, as the kubelet would from the node."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from recsys.backend import LOOPBACK
from recsys.cluster.probes import Probe
from recsys.manifests.contract import ADDRESS, listens_on, option
from recsys.manifests.workload import Container


@dataclass(frozen=True, slots=True)
class Reply:
    """Whether a probe passed, and what came."""

    passed: bool
    said: str


REFUSED = Reply(False, "connection refused")


def ask(probe: Probe, container: Container, port: int) -> Reply:
    """Ask a container whose service listens on the local `port`; its manifest decides what that port is for others."""
    match dict(probe.handler):
        case {"httpGet": {} as get}:
            return _get(get, probe.timeout, port) if reachable(container, get.get("port")) else REFUSED
        case {"tcpSocket": {} as tcp}:
            return _connect(probe.timeout, port) if reachable(container, tcp.get("port")) else REFUSED
        case {"exec": _}:
            return Reply(True, "not rehearsed: a command needs the container's own files")
        case {"grpc": _}:
            return Reply(False, "the service speaks no gRPC")
    return Reply(False, "the probe has no handler")


def reachable(container: Container, named: object) -> bool:
    """Whether the service listens on a port of its container, for others than itself."""
    number = container.port(named)
    return number is not None and number == listens_on(container) and option(container, "host", ADDRESS) == ADDRESS


def _get(get: Mapping[str, Any], timeout: float, port: int) -> Reply:
    """A GET that passes with a status of 200 to 399."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=timeout)
    path = str(get.get("path") or "/")
    try:
        connection.request("GET", path)
        status = connection.getresponse().status
        return Reply(200 <= status < 400, f"{path} answered {status}")
    except (OSError, http.client.HTTPException) as error:
        return _failed(error, timeout)
    finally:
        connection.close()


def _connect(timeout: float, port: int) -> Reply:
    try:
        socket.create_connection((LOOPBACK, port), timeout).close()
    except OSError as error:
        return _failed(error, timeout)
    return Reply(True, "connected")


def _failed(error: Exception, timeout: float) -> Reply:
    if isinstance(error, ConnectionRefusedError):
        return REFUSED
    if isinstance(error, TimeoutError):
        return Reply(False, f"no answer within {timeout:g} s")
    return Reply(False, str(error) or type(error).__name__)
