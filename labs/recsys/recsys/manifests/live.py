"""Ask a running service for every path that the probes of its manifests name."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator

from recsys.manifests.contract import is_service
from recsys.manifests.finding import Finding
from recsys.manifests.inventory import Inventory
from recsys.manifests.rules.probes import KINDS

TIMEOUT = 5.0


def unanswered_probes(inventory: Inventory, url: str) -> Iterator[Finding]:
    """Probes that the service at `url` would fail now."""
    for workload in inventory.workloads:
        for container in filter(is_service, workload.containers()):
            for kind in KINDS:
                path = container.get(kind, "httpGet", "path")
                if path and (problem := _problem(url.rstrip("/") + str(path))):
                    yield container.finding(
                        "live-probe", (kind, "httpGet", "path"), f"fails its {kind} at {path}: {problem}",
                        "Start the service, or ask for a path that it answers",
                    )  # fmt: skip


def _problem(url: str) -> str:
    """Why a GET of `url` is no success to a kubelet (200 to 399 are); empty where it is one."""
    if not url.startswith(("http://", "https://")):
        return "the address must start with http://"
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT):  # noqa: S310 - the scheme is checked above
            return ""
    except urllib.error.HTTPError as error:
        return f"status {error.code}"
    except OSError as error:
        return str(error)
