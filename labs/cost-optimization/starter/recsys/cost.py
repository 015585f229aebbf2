"""What a thousand answers cost, and which mixture of prices pays for them. Yours to write.

As it stands everything is free. Capacity is bought for the peak, answers are counted at the mean; utilisation is the
lever that is forgotten. Prices differ by region and age: take today's from the provider's list, state region and date.
"""

from dataclasses import dataclass

from numpy.typing import ArrayLike

SECONDS_AN_HOUR = 3600


def cost_per_thousand(hourly_price: float, answers_per_second: float, utilisation: float) -> float:
    """Cost of 1,000 answers on a replica that can give `answers_per_second` and is used to `utilisation` (0 to 1)."""
    # step 1: ValueError for a speed that is not positive and for a utilisation outside (0, 1]
    return 0.0


def monthly_cost(answers_per_second: float, per_million: float, days: int = 30) -> float:
    """Bill of a steady rate at a price a million answers."""
    # step 1
    return 0.0


def break_even(discount: float) -> float:
    """Share of the time that a commitment must be used to be cheaper than paying on demand."""
    # step 1
    return 0.0


@dataclass(frozen=True, slots=True)
class Prices:
    """Price of a replica-hour on demand, and the discounts (0 to 1) on spot and on a commitment."""

    on_demand: float
    spot_discount: float = 0.7
    commitment_discount: float = 0.3


@dataclass(frozen=True, slots=True)
class Bill:
    """What was paid, by kind; `wasted` is the part of `committed` that nobody used."""

    on_demand: float
    spot: float
    committed: float
    wasted: float
    replica_hours: float
    list_price: float

    @property
    def total(self) -> float:
        """Everything that was paid."""
        # step 2
        return 0.0

    @property
    def saving(self) -> float:
        """Share saved against paying for the same replica-hours on demand."""
        # step 2: 0 where nothing was needed
        return 0.0


def bill(replicas: ArrayLike, prices: Prices, *, committed: float = 0.0, spot_share: float = 0.0) -> Bill:
    """The bill for replicas needed in each hour.

    `spot_share` of them run on spot; `committed` replicas are paid in every hour and cover the others first.
    """
    # step 2: what runs on spot, what the commitment covers of the rest, what is left for on demand
    return Bill(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
