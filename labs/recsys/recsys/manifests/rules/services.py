"""A Service sends traffic to pods by label and to containers by port; the schema checks neither."""

from __future__ import annotations

from collections.abc import Iterator

from recsys.manifests import contract
from recsys.manifests.finding import Finding
from recsys.manifests.inventory import Inventory, words
from recsys.manifests.resource import Resource
from recsys.manifests.workload import Container, Workload


def selected(service: Resource, inventory: Inventory) -> list[Workload]:
    """The workloads that a Service sends traffic to."""
    labels = service.get("spec", "selector")
    return inventory.pods({"matchLabels": labels}, service.namespace) if labels else []


def service_selects_nothing(inventory: Inventory) -> Iterator[Finding]:
    """No selector, or one that matches no pod: the Service exists, and every connection to it fails."""
    for service in inventory.kind("Service"):
        labels = service.get("spec", "selector")
        if service.get("spec", "type") == "ExternalName" or selected(service, inventory):
            continue
        if not labels:
            reason, fix = "has no selector, so nobody fills its endpoints", "Add the pods' labels as spec.selector"
        else:
            reason, fix = f"no pod has the labels {words(labels)}", "Use labels that the pod template has"
        yield service.finding("service-selects-nothing", ("spec", "selector"), reason, fix)


def service_port(inventory: Inventory) -> Iterator[Finding]:
    """A target port that no container of the selected pods has."""
    for service in inventory.kind("Service"):
        for workload in selected(service, inventory):
            containers = list(workload.containers())
            for position, port in enumerate(service.items("spec", "ports")):
                target = port.get("targetPort", port.get("port"))
                if not any(answers(container, target) for container in containers):
                    yield service.finding(
                        "service-port", ("spec", "ports", position, "targetPort"),
                        f"sends traffic to port {target!r}, which no container of {workload.resource.name} has",
                        f"Use one of {_ports(containers)}",
                    )  # fmt: skip


def governing_service(inventory: Inventory) -> Iterator[Finding]:
    """A StatefulSet's pods get their names from a headless Service."""
    for resource in inventory.kind("StatefulSet"):
        name = resource.get("spec", "serviceName")
        service = inventory.find("Service", name, resource.namespace)
        if name and (service is None or service.get("spec", "clusterIP") != "None"):
            problem = "does not exist" if service is None else "is not headless"
            yield resource.finding(
                "governing-service", ("spec", "serviceName"),
                f"Service {name!r} {problem}, so the pods have no names of their own",
                "Create it with `clusterIP: None`",
            )  # fmt: skip


def answers(container: Container, port: object) -> bool:
    """Whether a container has this port, by number or by name."""
    number = container.port(port)
    if number is None:
        return False
    if contract.is_service(container):
        return number == contract.listens_on(container)
    return number in [one.get("containerPort") for one in container.items("ports")]


def _ports(containers: list[Container]) -> str:
    ports = [one for container in containers for one in container.items("ports")]
    return (
        ", ".join(str(one.get("name") or one.get("containerPort")) for one in ports) or "the ports it declares (none)"
    )


RULES = (service_selects_nothing, service_port, governing_service)
