"""What runs pods: the pod template of any kind, and its containers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from recsys.manifests.finding import Finding, Severity
from recsys.manifests.resource import Keys, Resource, dig

TEMPLATES: dict[str, Keys] = {
    "Pod": (),
    **dict.fromkeys(("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "Rollout"), ("spec", "template")),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
}
SERVING = ("Deployment", "StatefulSet", "DaemonSet", "Rollout")
"""Kinds whose pods are meant to stay and to answer."""


@dataclass(frozen=True)
class Container:
    """One container of a workload and the way to it."""

    resource: Resource
    keys: Keys
    data: dict[str, Any]

    @property
    def name(self) -> str:
        """Its name in the pod."""
        return str(self.data.get("name", ""))

    @property
    def image(self) -> str:
        """The image reference."""
        return str(self.data.get("image", ""))

    def get(self, *keys: str | int) -> Any:
        """The value at `keys` below the container, or None."""
        return dig(self.data, *keys)

    def items(self, *keys: str | int) -> list[Any]:
        """The list at `keys` below the container; empty where there is none."""
        found = self.get(*keys)
        return found if isinstance(found, list) else []

    def port(self, named: object) -> int | None:
        """The number of a port given by number or by name; None for a name that is not declared."""
        if isinstance(named, int):
            return named
        return next((port.get("containerPort") for port in self.items("ports") if port.get("name") == named), None)

    def finding(self, rule: str, keys: Keys, reason: str, fix: str, severity: Severity = "error") -> Finding:
        """A finding about a field of this container."""
        return self.resource.finding(rule, self.keys + keys, f"container {self.name!r} {reason}", fix, severity)


@dataclass(frozen=True)
class Workload:
    """A resource with a pod template."""

    resource: Resource
    template: Keys

    @property
    def labels(self) -> dict[str, str]:
        """Labels of its pods."""
        return dict(self.resource.get(*self.template, "metadata", "labels") or {})

    @property
    def spec(self) -> Keys:
        """The way to the pod's spec."""
        return (*self.template, "spec")

    @property
    def serves(self) -> bool:
        """True for pods that stay and answer, false for jobs."""
        return self.resource.kind in SERVING

    def get(self, *keys: str | int) -> Any:
        """The value at `keys` below the pod's spec."""
        return self.resource.get(*self.spec, *keys)

    def containers(self, *lists: str) -> Iterator[Container]:
        """The containers of the pod; with "initContainers" those as well."""
        for name in lists or ("containers",):
            for position, data in enumerate(self.get(name) or []):
                if isinstance(data, dict):
                    yield Container(self.resource, (*self.spec, name, position), data)

    def every_container(self) -> Iterator[Container]:
        """Containers and init containers."""
        return self.containers("containers", "initContainers")


def workload_of(resource: Resource) -> Workload | None:
    """The workload that a resource is, None for other kinds and for a Rollout that refers to a Deployment."""
    keys = TEMPLATES.get(resource.kind)
    if keys is None or not resource.get(*keys, "spec"):
        return None
    return Workload(resource, keys)
