"""The arithmetic of a rolling update: how many pods to create and to remove next, as the Deployment controller does.

`maxSurge` bounds how many pods there may be above `replicas`, `maxUnavailable` how many of `replicas` may be missing.
Percentages are of `replicas`; the surge is rounded up, the unavailable down, and where both come to nothing one may be
unavailable, or nothing could move. Pods that are terminating count for neither.

Source: kubernetes.io "Deployments": rolling update; pkg/controller/deployment/rolling.go and
util/deployment_util.go (ResolveFenceposts, NewRSNewReplicas).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

DEFAULT = "25%"


@dataclass(frozen=True, slots=True)
class Bounds:
    """Pods that may be there above the wanted number, and that may be missing from it."""

    surge: int
    unavailable: int


@dataclass(frozen=True, slots=True)
class Pods:
    """The pods of one revision: how many there are, and how many of them are available."""

    total: int = 0
    available: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """What to do next: `create` pods of the new revision, `remove` pods of older ones, broken ones first."""

    create: int = 0
    remove: int = 0


def bounds(strategy: Mapping[str, Any], replicas: int) -> Bounds:
    """What `spec.strategy` allows at a number of replicas. Raises ValueError for what is no number or share."""
    rolling = strategy.get("rollingUpdate") or {}
    surge = math.ceil(_share(rolling.get("maxSurge", DEFAULT), replicas))
    unavailable = math.floor(_share(rolling.get("maxUnavailable", DEFAULT), replicas))
    return Bounds(surge, min(unavailable, replicas) if surge or unavailable else min(1, replicas))


def step(replicas: int, allowed: Bounds, new: Pods, old: Pods) -> Step:
    """The next move of a rolling update; nothing where it has to wait or is done."""
    room = replicas + allowed.surge - new.total - old.total
    create = min(room, replicas - new.total)
    return Step(create=create) if create > 0 else Step(remove=_removable(replicas - allowed.unavailable, new, old))


def recreate(replicas: int, new: Pods, present: int) -> Step:
    """The next move of the `Recreate` strategy: away with the `present` old pods, then all new ones at once."""
    return Step(remove=present) if present else Step(create=max(0, replicas - new.total))


def _removable(least: int, new: Pods, old: Pods) -> int:
    """Old pods that may go when `least` must stay available; new ones that are not yet available do not count."""
    most = min(old.total, new.total + old.total - least - (new.total - new.available))
    if most <= 0:
        return 0
    broken = min(most, old.total - old.available)
    spare = min(old.available, new.available + old.available - least)
    return broken + max(0, spare)


def _share(value: int | str, replicas: int) -> Fraction:
    text = str(value)
    if text.endswith("%"):
        return Fraction(int(text[:-1]) * replicas, 100)
    return Fraction(int(text))
