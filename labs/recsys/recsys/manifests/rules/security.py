"""What the restricted Pod Security Standard asks of a pod, plus a root file system that cannot be written.

Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/
"""

from __future__ import annotations

from collections.abc import Iterator

from recsys.manifests.finding import Finding
from recsys.manifests.inventory import Inventory
from recsys.manifests.resource import dig
from recsys.manifests.workload import Container, Workload


def security_context(inventory: Inventory) -> Iterator[Finding]:
    """One finding a container, with everything that it lacks."""
    for workload in inventory.workloads:
        for container in workload.every_container():
            if missing := list(_missing(workload, container)):
                yield container.finding(
                    "security-context", ("securityContext",) if container.get("securityContext") else (),
                    f"may do more than it needs: {', '.join(missing)} missing",
                    "Set these in its securityContext, or in the pod's where that has them",
                )  # fmt: skip


def _missing(workload: Workload, container: Container) -> Iterator[str]:
    own, pod = container.get("securityContext") or {}, workload.get("securityContext") or {}
    if own.get("runAsNonRoot", pod.get("runAsNonRoot")) is not True:
        yield "runAsNonRoot: true"
    if (dig(own, "seccompProfile", "type") or dig(pod, "seccompProfile", "type")) not in (
        "RuntimeDefault",
        "Localhost",
    ):
        yield "seccompProfile: {type: RuntimeDefault}"
    if own.get("allowPrivilegeEscalation") is not False:
        yield "allowPrivilegeEscalation: false"
    if own.get("readOnlyRootFilesystem") is not True:
        yield "readOnlyRootFilesystem: true"
    if "ALL" not in (dig(own, "capabilities", "drop") or []):
        yield "capabilities: {drop: [ALL]}"


RULES = (security_context,)
