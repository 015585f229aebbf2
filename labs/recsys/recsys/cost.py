"""What a thousand answers cost, and which mixture of prices pays for them.

Cost a thousand = price an hour / (answers an hour at full speed x utilisation) x 1000. Utilisation is the lever
that is forgotten: a replica at 20 % costs three and a half times as much an answer as one at 70 %. Capacity is
bought for the peak, answers are counted at the mean, so a peak twice the mean halves the utilisation that can
be reached.

Three ways to pay: on demand (full price, any hour); a commitment (a savings plan or reservation: cheaper, paid
whether used or not, worth it when used more than 1 - discount of the time); spot (cheapest, may be taken away,
see `recsys.spot`). Commit to the floor of the load, put what survives an interruption on spot, and buy the rest
on demand. Discounts multiply, they do not add: 70 % on spot at 70 % off saves 49 %.

Prices differ by region and age: take today's from the provider's list, state region and date. Count what is not
a machine, too: load balancers, traffic, storage, logs. (At 100,000 answers a second and 0.20 a million the bill
is 51,840 in 30 days.)
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

SECONDS_AN_HOUR = 3600


def cost_per_thousand(hourly_price: float, answers_per_second: float, utilisation: float) -> float:
    """Cost of 1,000 answers on a replica that can give `answers_per_second` and is used to `utilisation` (0 to 1)."""
    if answers_per_second <= 0 or not 0 < utilisation <= 1:
        raise ValueError("need a speed above 0 and a utilisation above 0, up to 1")
    return 1000 * hourly_price / (answers_per_second * SECONDS_AN_HOUR * utilisation)


def monthly_cost(answers_per_second: float, per_million: float, days: int = 30) -> float:
    """Bill of a steady rate at a price a million answers."""
    return answers_per_second * SECONDS_AN_HOUR * 24 * days / 1e6 * per_million


def break_even(discount: float) -> float:
    """Share of the time that a commitment must be used to be cheaper than paying on demand."""
    return 1 - discount


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
        return self.on_demand + self.spot + self.committed

    @property
    def saving(self) -> float:
        """Share saved against paying for the same replica-hours on demand."""
        return 1 - self.total / self.list_price if self.list_price else 0.0


def bill(replicas: ArrayLike, prices: Prices, *, committed: float = 0.0, spot_share: float = 0.0) -> Bill:
    """The bill for replicas needed in each hour.

    `spot_share` of them run on spot; `committed` replicas are paid in every hour and cover the others first.
    """
    if committed < 0 or not 0 <= spot_share <= 1:
        raise ValueError("need a commitment of 0 or more and a spot share within 0..1")
    needed = np.asarray(replicas, dtype=np.float64)
    steady = needed * (1 - spot_share)
    covered = np.minimum(steady, committed)
    committed_price = prices.on_demand * (1 - prices.commitment_discount)
    return Bill(
        on_demand=float((steady - covered).sum()) * prices.on_demand,
        spot=float((needed * spot_share).sum()) * prices.on_demand * (1 - prices.spot_discount),
        committed=committed * needed.size * committed_price,
        wasted=float((committed - covered).sum()) * committed_price,
        replica_hours=float(needed.sum()),
        list_price=float(needed.sum()) * prices.on_demand,
    )
