"""Stopping: the hook, the drain and the grace period that covers both."""

from __future__ import annotations

import re
from collections.abc import Iterator

from recsys.manifests.finding import Finding
from recsys.manifests.inventory import Inventory
from recsys.manifests.workload import Container

DEFAULT_GRACE = 30


def grace_period(inventory: Inventory) -> Iterator[Finding]:
    """The grace period runs while the preStop hook does: when it ends first, SIGKILL cuts off live requests."""
    for workload in inventory.workloads:
        grace = workload.get("terminationGracePeriodSeconds")
        grace = DEFAULT_GRACE if grace is None else grace
        for container in workload.containers():
            if (hook := hook_seconds(container)) and grace <= hook:
                yield workload.resource.finding(
                    "grace-period", (*workload.spec, "terminationGracePeriodSeconds"),
                    f"{grace} s of grace are over before {container.name!r} has left its {hook:g} s preStop hook",
                    "Allow for the hook and then the longest request",
                )  # fmt: skip


def hook_seconds(container: Container) -> float:
    """How long the preStop hook takes: a sleep action's seconds, or those of a `sleep` in a command."""
    hook = container.get("lifecycle", "preStop") or {}
    if "sleep" in hook:
        return float((hook["sleep"] or {}).get("seconds", 0))
    command = " ".join(map(str, (hook.get("exec") or {}).get("command") or []))
    return sum(float(seconds) for seconds in re.findall(r"\bsleep (\d+(?:\.\d+)?)", command))


RULES = (grace_period,)
