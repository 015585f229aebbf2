"""Requests and limits."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from recsys.manifests.finding import Finding
from recsys.manifests.inventory import Inventory

_SUFFIXES = {
    "n": Decimal("1e-9"), "u": Decimal("1e-6"), "m": Decimal("1e-3"), "": Decimal(1),
    **{letter: Decimal(1000) ** power for power, letter in enumerate("kMGTPE", 1)},
    **{f"{letter}i": Decimal(1024) ** power for power, letter in enumerate("KMGTPE", 1)},
}  # fmt: skip


def quantity(text: object) -> Decimal | None:
    """A Kubernetes quantity as a number ("250m" is 0.25, "1Gi" 1073741824); None for what is none."""
    word = str(text)
    suffix = word.lstrip("+-.0123456789")
    try:
        if suffix[:1] in ("e", "E") and suffix not in _SUFFIXES:
            return Decimal(word)
        return Decimal(word.removesuffix(suffix)) * _SUFFIXES[suffix]
    except (InvalidOperation, KeyError):
        return None


def requests_above_limits(inventory: Inventory) -> Iterator[Finding]:
    """The API server refuses the pods of such a template: the Deployment is accepted and stays at zero."""
    for workload in inventory.workloads:
        for container in workload.every_container():
            limits = container.get("resources", "limits") or {}
            for name, asked in (container.get("resources", "requests") or {}).items():
                request, limit = quantity(asked), quantity(limits.get(name))
                if request is not None and limit is not None and request > limit:
                    yield container.finding(
                        "requests-above-limits", ("resources", "requests", name),
                        f"requests {asked} of {name}, above its limit of {limits[name]}",
                        "Lower the request or raise the limit",
                    )  # fmt: skip


RULES = (requests_above_limits,)
