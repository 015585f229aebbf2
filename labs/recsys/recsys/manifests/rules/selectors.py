"""A workload finds its own pods by labels: the selector and the template must agree."""

from __future__ import annotations

from collections.abc import Iterator

from recsys.manifests.finding import Finding
from recsys.manifests.inventory import Inventory, matches, words

SELECTING = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Rollout")


def selector_mismatch(inventory: Inventory) -> Iterator[Finding]:
    """The API server refuses this, but only when you apply it."""
    for workload in inventory.workloads:
        selector = workload.resource.get("spec", "selector")
        if workload.resource.kind not in SELECTING or not isinstance(selector, dict):
            continue
        if not matches(selector, workload.labels):
            yield workload.resource.finding(
                "selector-mismatch", ("spec", "selector"),
                f"the selector ({words(selector)}) does not match the template's labels ({words(workload.labels)})",
                "Give the template the selector's labels",
            )  # fmt: skip


def overlapping_selectors(inventory: Inventory) -> Iterator[Finding]:
    """Two controllers that each take the other's pods for their own fight over the number of replicas."""
    controllers = [one for one in inventory.workloads if one.resource.kind in SELECTING]
    for workload in controllers:
        selector = workload.resource.get("spec", "selector") or {}
        for other in inventory.pods(selector, workload.resource.namespace):
            if other is not workload and other in controllers and matches(selector, workload.labels):
                yield workload.resource.finding(
                    "overlapping-selectors", ("spec", "selector"),
                    f"{words(selector)} also matches the pods of {other.resource.kind}/{other.resource.name}",
                    "Give each workload's pods a label of their own, in selector and template",
                )  # fmt: skip


RULES = (selector_mismatch, overlapping_selectors)
