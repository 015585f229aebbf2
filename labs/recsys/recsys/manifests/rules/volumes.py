"""Volumes and where they are mounted."""

from __future__ import annotations

from collections.abc import Iterator

from recsys.manifests.finding import Finding
from recsys.manifests.inventory import Inventory


def mount_without_volume(inventory: Inventory) -> Iterator[Finding]:
    """A mount of a volume that the pod does not have."""
    for workload in inventory.workloads:
        claims = workload.resource.items("spec", "volumeClaimTemplates")
        names = {volume.get("name") for volume in workload.get("volumes") or []}
        names |= {claim.get("metadata", {}).get("name") for claim in claims}
        for container in workload.every_container():
            for position, mount in enumerate(container.items("volumeMounts")):
                if mount.get("name") not in names:
                    yield container.finding(
                        "mount-without-volume", ("volumeMounts", position, "name"),
                        f"mounts volume {mount.get('name')!r}, which the pod does not have",
                        f"Add it to the pod's volumes, or use one of {sorted(map(str, names))}",
                    )  # fmt: skip


RULES = (mount_without_volume,)
