"""PodDisruptionBudgets: a limit on what maintenance may take at once, not a ban on maintenance."""

from __future__ import annotations

import math
from collections.abc import Iterator

from recsys.manifests.finding import Finding
from recsys.manifests.inventory import Inventory, words
from recsys.manifests.resource import Resource
from recsys.manifests.workload import Workload


def pdb_selects_nothing(inventory: Inventory) -> Iterator[Finding]:
    """A budget for pods that do not exist."""
    for pdb in inventory.kind("PodDisruptionBudget"):
        selector = pdb.get("spec", "selector") or {}
        if not inventory.pods(selector, pdb.namespace):
            reason = f"no pod here matches {words(selector)}"
            yield pdb.finding("pdb-selects-nothing", ("spec", "selector"), reason, "Use labels of the pods it protects")


def pdb_blocks_eviction(inventory: Inventory) -> Iterator[Finding]:
    """A budget that allows no disruption: draining a node waits forever, and so does the cluster's upgrade."""
    for pdb in inventory.kind("PodDisruptionBudget"):
        workloads = inventory.pods(pdb.get("spec", "selector") or {}, pdb.namespace)
        replicas = sum(_least_replicas(workload, inventory) for workload in workloads)
        for name in ("maxUnavailable", "minAvailable") if workloads else ():
            value = pdb.get("spec", name)
            if value is not None and _allowed(name, value, replicas) <= 0:
                yield pdb.finding(
                    "pdb-blocks-eviction", ("spec", name),
                    f"{name}: {value} with {replicas} replica(s) never lets a pod be evicted",
                    "Use maxUnavailable: 1, or more replicas than minAvailable",
                )  # fmt: skip


def _allowed(name: str, value: object, replicas: int) -> int:
    """How many pods may be evicted when all are healthy; percentages are rounded up, as the controller does."""
    number = math.ceil(replicas * int(str(value).rstrip("%")) / 100) if str(value).endswith("%") else int(str(value))
    return number if name == "maxUnavailable" else replicas - number


def _least_replicas(workload: Workload, inventory: Inventory) -> int:
    """The fewest replicas that a workload is meant to have."""
    for hpa in inventory.kind("HorizontalPodAutoscaler"):
        target = inventory.target(hpa.get("spec", "scaleTargetRef") or {}, hpa.namespace)
        if target is not None and target.resource is workload.resource:
            return _count(hpa, "minReplicas")
    return _count(workload.resource, "replicas")


def _count(resource: Resource, name: str) -> int:
    value = resource.get("spec", name)
    return value if isinstance(value, int) else 1


RULES = (pdb_selects_nothing, pdb_blocks_eviction)
