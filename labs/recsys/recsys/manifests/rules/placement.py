"""Topology spread constraints count pods by label: the label must be the pods' own."""

from __future__ import annotations

from collections.abc import Iterator

from recsys.manifests.finding import Finding
from recsys.manifests.inventory import Inventory, matches, words


def spread_selector(inventory: Inventory) -> Iterator[Finding]:
    """A constraint that does not count the pods it places spreads nothing."""
    for workload in inventory.workloads:
        for position, constraint in enumerate(workload.get("topologySpreadConstraints") or []):
            selector = constraint.get("labelSelector")
            if not selector or not matches(selector, workload.labels):
                counted = words(selector) if selector else "no label at all"
                keys = (*workload.spec, "topologySpreadConstraints", position, "labelSelector")
                yield workload.resource.finding(
                    "spread-selector", keys,
                    f"the constraint counts pods with {counted}, not its own",
                    f"Select the template's labels: {words(workload.labels)}",
                )  # fmt: skip


RULES = (spread_selector,)
