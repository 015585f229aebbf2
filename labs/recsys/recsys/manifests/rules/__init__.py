"""The rules: one module a family, each with `RULES`, functions from an inventory to findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from recsys.manifests.finding import Finding
from recsys.manifests.inventory import Inventory
from recsys.manifests.rules import (
    autoscaling,
    disruption,
    images,
    lifecycle,
    network,
    placement,
    probes,
    references,
    resources,
    security,
    selectors,
    services,
    volumes,
)

Rule = Callable[[Inventory], Iterator[Finding]]

FAMILIES = (
    selectors, services, network, probes, resources, autoscaling, references,
    volumes, disruption, placement, lifecycle, images, security,
)  # fmt: skip
RULES: tuple[Rule, ...] = tuple(rule for family in FAMILIES for rule in family.RULES)
