"""Spot capacity: much cheaper machines that the provider may take back with two minutes' notice. Yours to write.

As it stands a replica ignores the notice. When interruptions come is given; how one replica drains, how long the gap is
and what capacity is left is yours. Interruptions come together, because a whole pool of one machine type in one zone is
reclaimed. Source: AWS, EC2 user guide, "Spot Instance interruption notices".
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NOTICE = 120.0
"""Seconds between notice and end on EC2; other providers give as little as 30."""


class Drain:
    """One replica's way out; the service asks `accepting` before each request."""

    def __init__(self, drain: float, notice: float = NOTICE) -> None:
        if not 0 <= drain <= notice:
            raise ValueError(f"draining for {drain} s does not fit into a notice of {notice} s")
        self._drain, self._notice = drain, notice
        self._ends_at = float("inf")
        self.in_flight = 0

    def interrupt(self, now: float) -> None:
        """The provider's notice has come; a second one changes nothing."""
        # step 8

    def accepting(self, now: float) -> bool:
        """True until only the time to drain is left."""
        # step 8
        return True

    def may_exit(self, now: float) -> bool:
        """True when nothing new is accepted and nothing is under way, or time is up."""
        # step 8
        return False


@dataclass(frozen=True, slots=True)
class Fleet:
    """Replicas by kind, and the times in seconds that a spot replica needs to boot and to drain."""

    on_demand: int
    spot: int
    boot: float = 90.0
    drain: float = 20.0
    notice: float = NOTICE

    @property
    def gap(self) -> float:
        """Seconds without the replica after each interruption."""
        # step 8: the replacement boots from the notice on
        return 0.0


@dataclass(frozen=True, slots=True)
class SpotReport:
    """What a simulated period brought; times in seconds."""

    interruptions: int
    lowest: int
    seconds_short: float


def simulate(
    fleet: Fleet, *, needed: int, seconds: float, mean_life: float, pools: int, seed: int, correlated: bool = True
) -> SpotReport:
    """Interrupt spot replicas at random, `mean_life` seconds after each (re)start on average.

    Spread over `pools`; a correlated interruption takes all replicas of a pool at once. `seconds_short` counts the time
    with fewer than `needed` replicas.
    """
    rng = np.random.default_rng(seed)
    sizes = np.array([len(part) for part in np.array_split(np.arange(fleet.spot), pools)])
    groups = sizes if correlated else np.ones(fleet.spot, dtype=np.intp)
    notices, lost = _interruptions(rng, fleet, groups, seconds, mean_life)
    times, capacity = _capacity(fleet, notices, lost, seconds)
    short = np.diff(times, append=seconds)[capacity < needed].sum()
    return SpotReport(int(lost.sum()), int(capacity.min()), float(short))


def _interruptions(
    rng: np.random.Generator, fleet: Fleet, groups: NDArray[np.intp], seconds: float, mean_life: float
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Times of all notices, and how many replicas each of them takes."""
    replaced = fleet.notice - fleet.drain + fleet.gap  # from a notice until its replacement serves
    draws = int(4 * seconds / (mean_life + replaced)) + 20
    lives = rng.exponential(mean_life, (len(groups), draws))
    times = lives.cumsum(axis=1) + replaced * np.arange(draws)
    within = times < seconds
    return times[within], np.repeat(groups, within.sum(axis=1))


def _capacity(
    fleet: Fleet, notices: NDArray[np.float64], lost: NDArray[np.intp], seconds: float
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Serving replicas from each moment on."""
    # step 8: all serve at first; `lost` go when they stop accepting, and are replaced after the gap; sorted by time
    return np.zeros(1), np.array([fleet.on_demand + fleet.spot])
