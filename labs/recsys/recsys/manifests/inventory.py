"""All resources of one set of manifests, and the questions that rules ask of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from recsys.manifests.resource import Resource
from recsys.manifests.workload import Workload, workload_of


class Inventory:
    """The resources of one set, found by kind, by name and by what their labels match."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self.resources = list(resources)
        found = (workload_of(resource) for resource in self.resources)
        self.workloads: list[Workload] = [workload for workload in found if workload is not None]

    def kind(self, *kinds: str) -> list[Resource]:
        """The resources of these kinds."""
        return [resource for resource in self.resources if resource.kind in kinds]

    def find(self, kind: str, name: object, namespace: str) -> Resource | None:
        """One resource by kind, name and namespace."""
        same = (one for one in self.kind(kind) if one.name == name and one.namespace == namespace)
        return next(same, None)

    def pods(self, selector: Mapping[str, Any], namespace: str) -> list[Workload]:
        """The workloads in a namespace whose pods a selector matches."""
        return [
            workload
            for workload in self.workloads
            if workload.resource.namespace == namespace and matches(selector, workload.labels)
        ]

    def target(self, reference: Mapping[str, Any], namespace: str) -> Workload | None:
        """The workload that a scaleTargetRef means; a Rollout may itself refer to a Deployment."""
        resource = self.find(str(reference.get("kind")), reference.get("name"), namespace)
        if resource is not None and resource.kind == "Rollout" and resource.get("spec", "workloadRef"):
            return self.target(resource.get("spec", "workloadRef"), namespace)
        return workload_of(resource) if resource is not None else None


def matches(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether a LabelSelector (matchLabels and matchExpressions) matches; an empty one matches everything."""
    wanted = selector.get("matchLabels") or {}
    expressions = selector.get("matchExpressions") or []
    return all(labels.get(key) == value for key, value in wanted.items()) and all(
        _holds(expression, labels) for expression in expressions
    )


def _holds(expression: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    value, values = labels.get(str(expression.get("key"))), expression.get("values") or []
    return {
        "In": value in values,
        "NotIn": value not in values,  # codespell:ignore notin
        "Exists": value is not None,
        "DoesNotExist": value is None,
    }.get(str(expression.get("operator")), False)


def words(labels: Mapping[str, Any]) -> str:
    """Labels or a selector in words, for messages."""
    flat = dict(labels.get("matchLabels") or ({} if "matchExpressions" in labels else labels))
    pairs = [f"{key}={value}" for key, value in flat.items()]
    pairs += [f"{one.get('key')} {one.get('operator')}" for one in labels.get("matchExpressions") or []]
    return ", ".join(pairs) or "everything"
