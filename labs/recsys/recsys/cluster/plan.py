"""What to rehearse, and around what."""

from __future__ import annotations

from dataclasses import dataclass, field

LAG = 1.0


@dataclass(frozen=True, slots=True)
class Conditions:
    """What is around a Deployment: seconds until proxies learn of endpoints, room for pods, an autoscaler or none."""

    lag: float = LAG
    room: int = 6
    autoscale: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What to rehearse: `rate` requests a real second, `seconds` of load without an update, `limit` for any wait.

    `speed` lets the cluster's clock run so many times as fast as a real one (`recsys.cluster.timeline.Clock`).
    """

    update: bool = False
    rate: float = 20.0
    seconds: float = 60.0
    speed: float = 1.0
    conditions: Conditions = field(default_factory=Conditions)
    limit: float = 900.0
