"""Probes: one handler each, a port and a path that the container answers, and the right question for each kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from recsys.manifests import contract
from recsys.manifests.finding import Finding
from recsys.manifests.inventory import Inventory
from recsys.manifests.rules.services import answers
from recsys.manifests.workload import Container

KINDS = ("startupProbe", "livenessProbe", "readinessProbe")
HANDLERS = ("httpGet", "tcpSocket", "exec", "grpc")


def _probes(inventory: Inventory) -> Iterator[tuple[Container, str, dict[str, Any]]]:
    for workload in inventory.workloads:
        for container in workload.containers():
            for kind in KINDS:
                if isinstance(probe := container.get(kind), dict):
                    yield container, kind, probe


def probe_handlers(inventory: Inventory) -> Iterator[Finding]:
    """The API server refuses a probe without a handler or with two; most schemas let both pass."""
    for container, kind, probe in _probes(inventory):
        handlers = [name for name in HANDLERS if name in probe]
        if len(handlers) != 1:
            reason = f"has a {kind} with {' and '.join(handlers) or 'no handler'}"
            yield container.finding("probe-handlers", (kind,), reason, f"Keep exactly one of {', '.join(HANDLERS)}")


def probe_port(inventory: Inventory) -> Iterator[Finding]:
    """A probe of a port where nobody listens fails forever."""
    for container, kind, probe in _probes(inventory):
        for handler in ("httpGet", "tcpSocket", "grpc"):
            port = (probe.get(handler) or {}).get("port")
            if port is not None and not answers(container, port):
                yield container.finding(
                    "probe-port", (kind, handler, "port"), f"does not listen on the {kind}'s port {port!r}",
                    f"It listens on {_listening(container)}",
                )  # fmt: skip


def listen_address(inventory: Inventory) -> Iterator[Finding]:
    """The service listens on loopback and a free port unless told otherwise: out of reach."""
    for workload in inventory.workloads:
        for container in filter(contract.is_service, workload.containers()):
            if contract.option(container, "host", contract.ADDRESS) != contract.ADDRESS:
                reason = "listens on loopback only, which neither probes nor the Service reach"
                yield container.finding("listen-address", ("args",), reason, f"Add --host={contract.ADDRESS}")
            if contract.option(container, "port", str(contract.PORT)) in (None, "0"):
                reason = "picks a free port at each start"
                yield container.finding("listen-address", ("args",), reason, f"Add --port={contract.PORT}")


def probe_path(inventory: Inventory) -> Iterator[Finding]:
    """A path that the service does not know answers 404, which counts as a failure."""
    for container, kind, probe in _probes(inventory):
        path = str((probe.get("httpGet") or {}).get("path", "/"))
        if "httpGet" in probe and contract.is_service(container) and path not in contract.PATHS:
            yield container.finding(
                "probe-path", (kind, "httpGet", "path"), f"does not answer {path} (the {kind} asks for it)",
                f"It answers {', '.join(sorted(contract.PATHS))}",
            )  # fmt: skip


def no_readiness_probe(inventory: Inventory) -> Iterator[Finding]:
    """Without one a pod gets traffic as soon as its container runs, long before its model is loaded."""
    for workload in inventory.workloads:
        for container in workload.containers() if workload.serves else ():
            if container.items("ports") and container.get("readinessProbe") is None:
                yield container.finding(
                    "no-readiness-probe", (), "has ports but no readinessProbe: traffic comes before it can answer",
                    "Add one that succeeds only when the container can answer",
                )  # fmt: skip


def liveness_dependencies(inventory: Inventory) -> Iterator[Finding]:
    """A restart mends a stuck process, never a store that is down: then every replica restarts at once."""
    for container, kind, probe in _probes(inventory):
        if kind != "livenessProbe":
            continue
        same = probe.get("httpGet") and probe.get("httpGet") == (container.get("readinessProbe") or {}).get("httpGet")
        path = (probe.get("httpGet") or {}).get("path")
        ready = contract.is_service(container) and path in contract.PATHS - {contract.LIVENESS}
        if same or ready or _looks_elsewhere(probe):
            yield container.finding(
                "liveness-dependencies", (kind,),
                "is restarted when something else is not ready: its liveness asks what readiness should",
                f"Ask for the process alone, as {contract.LIVENESS} does",
            )  # fmt: skip


def _looks_elsewhere(probe: dict[str, Any]) -> bool:
    """A command that connects to another host."""
    command = " ".join(map(str, (probe.get("exec") or {}).get("command") or []))
    elsewhere = "://" in command or " -h " in command
    return elsewhere and not any(own in command for own in ("localhost", "127.0.0.1"))


def _listening(container: Container) -> str:
    if contract.is_service(container):
        return str(contract.listens_on(container))
    ports = [str(port.get("containerPort")) for port in container.items("ports")]
    return ", ".join(ports) or "no declared port"


RULES = (probe_handlers, probe_port, listen_address, probe_path, no_readiness_probe, liveness_dependencies)
