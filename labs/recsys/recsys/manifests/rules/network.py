"""What refers to pods and Services from around them: network policies, routes, monitors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from recsys.manifests.finding import Finding
from recsys.manifests.inventory import Inventory, matches, words
from recsys.manifests.resource import Keys, Resource, dig


def policy_selects_nothing(inventory: Inventory) -> Iterator[Finding]:
    """A NetworkPolicy for pods that do not exist protects nothing; a peer that does not exist lets nobody in."""
    for policy in inventory.kind("NetworkPolicy"):
        for keys, selector in _pod_selectors(policy):
            if not inventory.pods(selector, policy.namespace):
                yield policy.finding(
                    "policy-selects-nothing", keys, f"no pod here matches {words(selector)}",
                    "Use labels that a pod template has",
                )  # fmt: skip


def _pod_selectors(policy: Resource) -> Iterator[tuple[Keys, dict[str, Any]]]:
    """Selectors for pods of the policy's own namespace; those of other namespaces cannot be judged from here."""
    if isinstance(own := policy.get("spec", "podSelector"), dict):
        yield ("spec", "podSelector"), own
    for direction, side in (("ingress", "from"), ("egress", "to")):
        for number, entry in enumerate(policy.items("spec", direction)):
            for position, peer in enumerate(dig(entry, side) or []):
                if "podSelector" in peer and "namespaceSelector" not in peer:
                    yield ("spec", direction, number, side, position, "podSelector"), peer["podSelector"]


def route_backend(inventory: Inventory) -> Iterator[Finding]:
    """An HTTPRoute to a Service, or a port of one, that does not exist answers 500."""
    for route in inventory.kind("HTTPRoute"):
        for number, rule in enumerate(route.items("spec", "rules")):
            for position, backend in enumerate(rule.get("backendRefs") or []):
                service = inventory.find("Service", backend.get("name"), backend.get("namespace", route.namespace))
                ports = [port.get("port") for port in service.items("spec", "ports")] if service else []
                if backend.get("kind", "Service") == "Service" and backend.get("port") not in ports:
                    yield route.finding(
                        "route-backend", ("spec", "rules", number, "backendRefs", position),
                        f"there is no Service {backend.get('name')!r} with port {backend.get('port')}",
                        f"Use one of its ports: {ports}" if service else "Create the Service or correct the name",
                    )  # fmt: skip


def monitor_target(inventory: Inventory) -> Iterator[Finding]:
    """A ServiceMonitor that matches no Service, or names a port none has: no metrics, and no error anywhere."""
    for monitor in inventory.kind("ServiceMonitor"):
        selector = monitor.get("spec", "selector") or {}
        services = [one for one in inventory.kind("Service") if matches(selector, one.get("metadata", "labels") or {})]
        names = {port.get("name") for service in services for port in service.items("spec", "ports")}
        if not services:
            reason = f"no Service here has the labels {words(selector)}"
            yield monitor.finding("monitor-target", ("spec", "selector"), reason, "Use labels that the Service has")
        for position, endpoint in enumerate(monitor.items("spec", "endpoints") if services else []):
            if endpoint.get("port") not in names:
                yield monitor.finding(
                    "monitor-target", ("spec", "endpoints", position, "port"),
                    f"no matching Service has a port named {endpoint.get('port')!r}",
                    f"Use one of {sorted(map(str, names))}",
                )  # fmt: skip


RULES = (policy_selects_nothing, route_backend, monitor_target)
