"""An experiment as data: who takes part, in which shares, and by which salt.

Why data and not code: an experiment is stored, reviewed and replayed; everything that decides a unit's variant
must be in it.

- `unit` is what is randomised. In a product whose users share boards, treat the *account*: one user's new
  ranking changes what a colleague sees, and then the two groups are no longer independent. The price is fewer,
  larger units: variance is by account.
- `salt` makes two experiments independent. It defaults to the name; keep it when you rename, change it to
  reshuffle everybody.
- `layer` makes experiments exclude each other: those in one layer own disjoint slices of its traffic, those in
  different layers overlap freely (Tang et al., "Overlapping Experiment Infrastructure", KDD 2010).
- `ramp` widens each variant's range from its own start, so that raising it adds units and moves none. Changing
  `variants` does move units: start a new salt, and never pool results from before and after (Simpson's
  paradox).
- `holdout` keeps a share of units, the same for all experiments, out of every experiment: the yardstick for
  their sum.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple

from xxhash import xxh3_64_intdigest

BUCKETS = 10_000
"""Resolution of ramps and shares: a hundredth of a per cent."""

Unit = Literal["user", "account"]
Reason = Literal["assigned", "targeting", "holdout", "layer", "ramp"]


class Assignment(NamedTuple):
    """The outcome for one unit: `variant` is None when the unit takes no part, and `reason` says why."""

    experiment: str
    variant: str | None
    reason: Reason


@dataclass(frozen=True)
class Slice:
    """The part `[start, end)` of a layer's traffic that one experiment owns."""

    layer: str
    start: float = 0.0
    end: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= 1:
            raise ValueError(
                f"slice of layer {self.layer!r}: need 0 <= start < end <= 1, got [{self.start}, {self.end})"
            )

    def overlaps(self, other: "Slice") -> bool:
        """True when both lie in one layer and share traffic."""
        return self.layer == other.layer and self.start < other.end and other.start < self.end

    @cached_property
    def seed(self) -> int:
        """Hash seed of the layer, the same for every experiment in it."""
        return seed_of(f"layer:{self.layer}")


@dataclass(frozen=True)
class Experiment:
    """A randomised comparison; the first of `variants` is the control, their weights need not add up to one.

    `targeting` maps an attribute to its allowed values; a unit without the attribute is not eligible.
    Raises ValueError when a share is out of range or fewer than two variants are named.
    """

    name: str
    variants: Mapping[str, float]
    salt: str = ""
    unit: Unit = "user"
    layer: Slice | None = None
    ramp: float = 1.0
    holdout: float = 0.0
    targeting: Mapping[str, Collection[object]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.variants) < 2:
            raise ValueError(f"experiment {self.name!r}: name a control and at least one treatment")
        for variant, weight in self.variants.items():
            if not (math.isfinite(weight) and weight > 0):
                raise ValueError(f"experiment {self.name!r}: the weight of {variant!r} must be above 0, got {weight}")
        for share in ("ramp", "holdout"):
            if not 0 <= getattr(self, share) <= 1:
                raise ValueError(f"experiment {self.name!r}: {share} must lie in 0..1, got {getattr(self, share)}")

    @property
    def control(self) -> str:
        """Name of the control variant."""
        return next(iter(self.variants))

    @cached_property
    def shares(self) -> dict[str, float]:
        """Intended share of each variant among assigned units; adds up to one."""
        total = math.fsum(self.variants.values())
        return {variant: weight / total for variant, weight in self.variants.items()}

    @cached_property
    def seed(self) -> int:
        """Hash seed made from the salt."""
        return seed_of(self.salt or self.name)

    @cached_property
    def outcomes(self) -> list[Assignment]:
        """The outcome of each bucket, worked out once so that an assignment is one hash and one look-up."""
        table = [self.left_out("ramp")] * BUCKETS
        start = 0.0
        for variant, share in self.shares.items():
            first, last = round(start * BUCKETS), round((start + share * self.ramp) * BUCKETS)
            table[first:last] = [Assignment(self.name, variant, "assigned")] * (last - first)
            start += share
        return table

    def left_out(self, reason: Reason) -> Assignment:
        """The outcome of a unit that takes no part."""
        return Assignment(self.name, None, reason)


def seed_of(salt: str) -> int:
    """A 64-bit seed from a salt, the same in every process and on every machine (unlike `hash`)."""
    return xxh3_64_intdigest(salt.encode())


def check_layers(experiments: Collection[Experiment]) -> None:
    """Raise ValueError when two experiments claim the same traffic of a layer."""
    claimed: list[tuple[str, Slice]] = []
    for experiment in experiments:
        for name, other in claimed:
            if experiment.layer and experiment.layer.overlaps(other):
                raise ValueError(f"experiments {name!r} and {experiment.name!r} overlap in layer {other.layer!r}")
        if experiment.layer:
            claimed.append((experiment.name, experiment.layer))
