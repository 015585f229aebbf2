"""Images: a digest names one image for ever, a tag names whatever somebody pushed last."""

from __future__ import annotations

import re
from collections.abc import Iterator

from recsys.manifests.finding import Finding
from recsys.manifests.inventory import Inventory

DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")


def mutable_tag(inventory: Inventory) -> Iterator[Finding]:
    """Two pods of one Deployment may run different code, and a rollback may not bring back what ran before.

    An image that is never pulled (imagePullPolicy: Never, as on a local cluster) cannot move behind one's back.
    """
    for workload in inventory.workloads:
        for container in workload.every_container():
            if not DIGEST.search(container.image) and container.get("imagePullPolicy") != "Never":
                yield container.finding(
                    "mutable-tag", ("image",), f"runs {container.image!r}, which may mean another image tomorrow",
                    "Pin it: name@sha256:<digest>",
                )  # fmt: skip


RULES = (mutable_tag,)
