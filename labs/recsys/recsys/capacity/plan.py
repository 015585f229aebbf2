"""How many replicas a load needs and what they cost, from what one replica was measured to do.

Measure one replica under an open-loop load (arrivals do not wait for answers), and take the highest rate at which its
p99 still meets the target, not the rate at which it breaks. Then: capacity follows the peak, cost follows the mean. A
cache in front takes its hits away from the replicas, and gives them all back at a deploy that empties it: `cold` says
what that would take.

A laptop does not serve 100,000 requests a second; the measured rate times the replicas planned is what a talk about
scale rests on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

HOURS_A_MONTH = 730.0


@dataclass(frozen=True, slots=True)
class Load:
    """Requests a second at the peak, the mean as a share of it, and the share of requests a cache answers."""

    peak: float
    mean_share: float = 0.5
    hit_rate: float = 0.0

    def __post_init__(self) -> None:
        """Raise ValueError for shares outside [0, 1]."""
        if self.peak <= 0 or not 0 < self.mean_share <= 1 or not 0 <= self.hit_rate <= 1:
            raise ValueError(f"a load needs a positive peak and shares within 0 and 1: {self}")

    @property
    def monthly_requests(self) -> float:
        """Requests in a month of 730 hours."""
        return self.peak * self.mean_share * 3600 * HOURS_A_MONTH


@dataclass(frozen=True, slots=True)
class ReplicaType:
    """What one replica was measured to serve (requests a second within the latency target) and its price an hour."""

    throughput: float
    hourly_price: float


@dataclass(frozen=True, slots=True)
class Plan:
    """Replicas and money, the latter for a month."""

    replicas_at_peak: int
    replicas_at_mean: int
    replicas_with_cold_cache: int
    monthly_cost_fixed: float
    monthly_cost_autoscaled: float
    cost_per_million: float

    @property
    def cost_per_thousand(self) -> float:
        """Cost of 1,000 requests with autoscaling."""
        return self.cost_per_million / 1000


def replicas_for(
    rate: float, replica: ReplicaType, *, utilization: float = 0.7, zones: int = 3, minimum: int = 2
) -> int:
    """Replicas that serve `rate` at `utilization` of what was measured, even without one of `zones` availability zones.

    With one zone there is none to lose. Replicas are spread evenly: their number is a multiple of `zones`.
    """
    if not 0 < utilization <= 1 or zones < 1:
        raise ValueError(f"utilization is in (0, 1] and zones are at least one, not {utilization} and {zones}")
    needed = max(math.ceil(rate / (replica.throughput * utilization) - 1e-9), minimum)
    surviving = zones - 1 if zones > 1 else 1
    return math.ceil(needed / surviving) * zones


def plan(
    load: Load,
    replica: ReplicaType,
    *,
    utilization: float = 0.7,
    zones: int = 3,
    spot_share: float = 0.0,
    spot_discount: float = 0.0,
) -> Plan:
    """Size a deployment for `load`; a `spot_share` of it costs `spot_discount` less.

    Spot at 70 % off for 70 % of the capacity saves 49 %, not 70; and it can be taken away at two minutes' notice.
    """

    def sized(rate: float) -> int:
        return replicas_for(rate, replica, utilization=utilization, zones=zones)

    behind_cache = load.peak * (1 - load.hit_rate)
    peak, mean = sized(behind_cache), sized(behind_cache * load.mean_share)
    monthly = replica.hourly_price * HOURS_A_MONTH * (1 - spot_share * spot_discount)
    return Plan(
        peak, mean, sized(load.peak), peak * monthly, mean * monthly, mean * monthly / load.monthly_requests * 1e6
    )


def waiting_probability(servers: int, offered: float) -> float:
    """Probability that a request has to wait (Erlang C) at `offered` = rate * service time busy servers on average.

    1.0 where the load exceeds the servers: the queue grows without end. Why 70 % and not 95: see how this rises.
    """
    if offered >= servers:
        return 1.0
    blocked = 1.0  # Erlang B by its recursion, which does not overflow
    for count in range(1, servers + 1):
        blocked = offered * blocked / (count + offered * blocked)
    return blocked / (1 - offered / servers * (1 - blocked))


def mean_wait(servers: int, rate: float, service_time: float) -> float:
    """Mean seconds in the queue of an M/M/c system, infinite at or above capacity."""
    spare = servers / service_time - rate
    return waiting_probability(servers, rate * service_time) / spare if spare > 0 else math.inf
