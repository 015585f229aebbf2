"""The HorizontalPodAutoscaler and what it scales."""

from __future__ import annotations

from collections.abc import Iterator

from recsys.manifests.finding import Finding
from recsys.manifests.inventory import Inventory
from recsys.manifests.resource import Resource

KIND = "HorizontalPodAutoscaler"
TARGET = ("spec", "scaleTargetRef")


def hpa_target(inventory: Inventory) -> Iterator[Finding]:
    """An autoscaler of nothing."""
    for hpa in inventory.kind(KIND):
        reference = hpa.get(*TARGET) or {}
        if inventory.target(reference, hpa.namespace) is None:
            reason = f"there is no {reference.get('kind')} {reference.get('name')!r} to scale"
            yield hpa.finding("hpa-target", (*TARGET, "name"), reason, "Name the workload that it should scale")


def replicas_beside_hpa(inventory: Inventory) -> Iterator[Finding]:
    """Each apply would set the number of replicas back to what the manifest says."""
    for hpa in inventory.kind(KIND):
        reference = hpa.get(*TARGET) or {}
        resource = inventory.find(str(reference.get("kind")), reference.get("name"), hpa.namespace)
        if resource is not None and resource.get("spec", "replicas") is not None:
            yield resource.finding(
                "replicas-beside-hpa", ("spec", "replicas"),
                f"sets replicas although {KIND}/{hpa.name} manages them: each apply resets the scale",
                "Remove spec.replicas",
            )  # fmt: skip


def hpa_requests(inventory: Inventory) -> Iterator[Finding]:
    """Utilisation is a share of the request: with one container lacking it, the autoscaler sees nothing."""
    for hpa in inventory.kind(KIND):
        workload = inventory.target(hpa.get(*TARGET) or {}, hpa.namespace)
        for name in _utilised(hpa) if workload else ():
            for container in workload.containers():  # type: ignore[union-attr]
                requests = container.get("resources", "requests") or container.get("resources", "limits") or {}
                if name not in requests:
                    yield container.finding(
                        "hpa-requests", ("resources",),
                        f"requests no {name}, of which {KIND}/{hpa.name} wants a share",
                        f"Add resources.requests.{name}",
                    )  # fmt: skip


def hpa_bounds(inventory: Inventory) -> Iterator[Finding]:
    """A minimum above the maximum."""
    for hpa in inventory.kind(KIND):
        least, most = hpa.get("spec", "minReplicas"), hpa.get("spec", "maxReplicas")
        if isinstance(least, int) and isinstance(most, int) and least > most:
            reason = f"minReplicas {least} is above maxReplicas {most}"
            yield hpa.finding("hpa-bounds", ("spec", "minReplicas"), reason, "Swap or correct them")


def _utilised(hpa: Resource) -> Iterator[str]:
    for metric in hpa.items("spec", "metrics"):
        resource = metric.get("resource") or {}
        if metric.get("type") == "Resource" and (resource.get("target") or {}).get("type") == "Utilization":
            yield str(resource.get("name"))


RULES = (hpa_target, replicas_beside_hpa, hpa_requests, hpa_bounds)
