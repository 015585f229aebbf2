"""How many replicas a load needs and what they cost, from what one replica was measured to do. Yours to write.

As it stands two replicas are enough for everything, free of charge. Capacity follows the peak, cost follows the mean; a
cache in front takes its hits away from the replicas, and gives them all back at a deploy that empties it. A laptop does
not serve 100,000 requests a second: the measured rate times the replicas planned is what a talk about scale rests on.
"""

from __future__ import annotations

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
        # step 9
        return 0.0


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
    # step 9: at `utilization`, without one zone, evenly spread
    return minimum


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

    # step 9: the peak behind the cache, its mean, and the peak with the cache empty; money for the first two
    return Plan(2, 2, 2, 0.0, 0.0, 0.0)


def waiting_probability(servers: int, offered: float) -> float:
    """Probability that a request has to wait (Erlang C) at `offered` = rate * service time busy servers on average.

    1.0 where the load exceeds the servers: the queue grows without end. Why 70 % and not 95: see how this rises.
    """
    # step 9: Erlang B by its recursion, then C from it
    return 0.0


def mean_wait(servers: int, rate: float, service_time: float) -> float:
    """Mean seconds in the queue of an M/M/c system, infinite at or above capacity."""
    # step 9
    return 0.0
