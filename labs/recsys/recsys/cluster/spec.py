"""What manifests say about the service's Deployment, as far as it can be rehearsed on one machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recsys.cluster.probes import KINDS, Kind, Probe
from recsys.cluster.rolling import Bounds, bounds
from recsys.cluster.termination import DEFAULT_GRACE, Termination
from recsys.manifests import Finding, Inventory, Report, Resource
from recsys.manifests.check import load
from recsys.manifests.contract import is_service, listens_on
from recsys.manifests.inventory import words
from recsys.manifests.rules.lifecycle import hook_seconds
from recsys.manifests.rules.resources import quantity
from recsys.manifests.workload import Container, Workload

DEFAULT_PROGRESS = 600.0
SCALER = "HorizontalPodAutoscaler"


class SpecError(ValueError):
    """The manifests cannot be rehearsed; the message says which line is in the way."""


@dataclass(frozen=True)
class Spec:
    """A Deployment of the service, and what else of its manifests takes part in a rehearsal."""

    inventory: Inventory
    workload: Workload
    container: Container

    @property
    def name(self) -> str:
        """The Deployment's name."""
        return self.resource.name

    @property
    def resource(self) -> Resource:
        """The Deployment."""
        return self.workload.resource

    @property
    def hpa(self) -> Resource | None:
        """The autoscaler of the Deployment, if it has one."""
        for hpa in self.inventory.kind(SCALER):
            target = self.inventory.target(hpa.get("spec", "scaleTargetRef") or {}, hpa.namespace)
            if target is not None and target.resource is self.resource:
                return hpa
        return None

    @property
    def replicas(self) -> int:
        """How many pods there are at first: one unless it says otherwise, and as many as its autoscaler's minimum."""
        given = self.resource.get("spec", "replicas")
        least = (self.hpa.get("spec", "minReplicas") or 1) if self.hpa else 0
        return max(1 if given is None else int(given), least)

    @property
    def strategy(self) -> Mapping[str, Any]:
        """`spec.strategy`."""
        return self.resource.get("spec", "strategy") or {}

    def bounds(self, replicas: int) -> Bounds:
        """What a rolling update may do at a number of replicas."""
        return bounds(self.strategy, replicas)

    @property
    def min_ready(self) -> float:
        """Seconds for which a pod must have been ready to count as available."""
        return float(self.resource.get("spec", "minReadySeconds") or 0)

    @property
    def progress_deadline(self) -> float:
        """Seconds without progress after which a rollout has failed."""
        return float(self.resource.get("spec", "progressDeadlineSeconds") or DEFAULT_PROGRESS)

    @property
    def probes(self) -> Mapping[Kind, Probe]:
        """The container's probes by kind."""
        found = ((kind, self.container.get(f"{kind}Probe")) for kind in KINDS)
        return {kind: Probe.of(kind, data) for kind, data in found if isinstance(data, dict)}

    @property
    def termination(self) -> Termination:
        """The hook and the grace period of its pods."""
        grace = self.workload.get("terminationGracePeriodSeconds")
        return Termination(hook_seconds(self.container), DEFAULT_GRACE if grace is None else float(grace))

    def request(self, name: str) -> float | None:
        """A resource request, in cores or bytes; a limit without a request is the request too."""
        for way in ("requests", "limits"):
            if (found := quantity(self.container.get("resources", way, name))) is not None:
                return float(found)
        return None

    @property
    def memory_limit(self) -> float | None:
        """Bytes above which the container is killed; None without a limit."""
        limit = quantity(self.container.get("resources", "limits", "memory"))
        return None if limit is None else float(limit)

    @property
    def services(self) -> list[Resource]:
        """The Services that select the pods."""
        return [one for one in self.inventory.kind("Service") if self._selected_by(one)]

    def reaches(self, service: Resource) -> bool:
        """Whether the first port of a Service leads to where the service listens."""
        port: Mapping[str, Any] = next(iter(service.items("spec", "ports")), {})
        number = self.container.port(port.get("targetPort", port.get("port")))
        return number is not None and number == listens_on(self.container)

    @property
    def unreachable(self) -> str:
        """Why nobody reaches the pods; empty where somebody does."""
        if not self.services:
            return f"no Service selects the labels of the pods: {words(self.workload.labels)}"
        if not self.reaches(self.services[0]):
            service = self.services[0]
            return f"{':'.join(map(str, service.place(('spec', 'ports'))))}: nobody listens on the target port"
        return ""

    def _selected_by(self, service: Resource) -> bool:
        labels = service.get("spec", "selector")
        return bool(labels) and self.workload in self.inventory.pods({"matchLabels": labels}, service.namespace)


def read(path: Path) -> tuple[Spec, list[str]]:
    """The Deployment that a file, a directory or a kustomization describes, and notes on how it was read.

    Raises SpecError where that cannot be rehearsed, OSError where there is nothing.
    """
    report = Report()
    inventory = Inventory(load(path, report))
    if report.findings:
        raise SpecError(_said(report.findings[0]))
    return spec_of(inventory, path), report.notes


def spec_of(inventory: Inventory, path: Path) -> Spec:
    """The one Deployment of the service among some resources. Raises SpecError."""
    found = [
        Spec(inventory, workload, container)
        for workload in inventory.workloads
        if workload.resource.kind == "Deployment"
        for container in workload.containers()
        if is_service(container)
    ]
    if not found:
        raise SpecError(f"{path}: no Deployment here runs the service: an image named recsys, serving")
    return found[0]


def _said(finding: Finding) -> str:
    return f"{finding.file}:{finding.line}: {finding.reason}"
