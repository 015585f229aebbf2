"""What a model knows of one tenant's items: names, kinds, popularity, trend and the hours they are used at."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recsys.events import Events

DAY = 86_400.0
LONG_HALF_LIFE, SHORT_HALF_LIFE = 30 * DAY, 5 * DAY
HOURS = 24

Floats = NDArray[np.float32]
Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Catalogue:
    """Items in a fixed order, position being identity in every array of the model; all arrays are per tenant.

    `popularity` and `trend` (items,), `kind_of` (items,) into `kinds`, `hour_lift` (kinds, 24) log ratios.
    """

    items: tuple[str, ...]
    kinds: tuple[str, ...]
    kind_of: Indices
    popularity: Floats
    trend: Floats
    hour_lift: Floats

    def __len__(self) -> int:
        return len(self.items)

    @cached_property
    def position(self) -> dict[str, int]:
        """The position of each item."""
        return {item: position for position, item in enumerate(self.items)}

    @cached_property
    def log_popularity(self) -> Floats:
        """The logarithm of each item's popularity, (items,)."""
        return np.asarray(np.log(self.popularity + 1e-5), dtype=np.float32)

    @cached_property
    def by_popularity(self) -> Indices:
        """Positions, the most popular first."""
        return np.argsort(-self.popularity, kind="stable")

    @classmethod
    def fit(cls, events: Events, limit: int = 5000) -> Catalogue:
        """The `limit` most used items of one tenant; the limit bounds memory, which grows with its square."""
        items, rows = np.unique(events.item, return_inverse=True)
        uses = events.strength()
        age = events.timestamp.max(initial=0.0) - events.timestamp
        long, short = (
            np.bincount(rows, uses * 0.5 ** (age / half_life), len(items))
            for half_life in (LONG_HALF_LIFE, SHORT_HALF_LIFE)
        )
        kept = np.sort(np.argsort(-long, kind="stable")[:limit])
        names = tuple(str(item) for item in items[kept])
        kinds, kind_of = np.unique([kind(name) for name in names], return_inverse=True)
        share, recent = (values[kept] / max(float(values[kept].sum()), 1e-9) for values in (long, short))
        floor = 0.1 / max(len(names), 1)
        trend = np.log((recent + floor) / (share + floor))
        lift = _hour_lift(events, kinds)
        return cls(names, tuple(map(str, kinds)), kind_of, _single(share), _single(trend), _single(lift))

    def save(self, directory: Path) -> None:
        """Write `catalogue.json` (names) and `catalogue.npz` (arrays)."""
        (directory / "catalogue.json").write_text(json.dumps({"items": self.items, "kinds": self.kinds}))
        np.savez(
            directory / "catalogue.npz",
            kind_of=self.kind_of, popularity=self.popularity, trend=self.trend, hour_lift=self.hour_lift,
        )  # fmt: skip

    @classmethod
    def load(cls, directory: Path) -> Catalogue:
        """Read what `save` wrote; no pickle is ever loaded."""
        names = json.loads((directory / "catalogue.json").read_text())
        with np.load(directory / "catalogue.npz", allow_pickle=False) as arrays:
            columns = {name: arrays[name] for name in ("kind_of", "popularity", "trend", "hour_lift")}
        return cls(tuple(names["items"]), tuple(names["kinds"]), **columns)


def kind(item: str) -> str:
    """The kind of an item by its name: `board` of `board:12`, `item` where the name has no kind."""
    prefix, colon, _ = item.partition(":")
    return prefix if colon else "item"


def _hour_lift(events: Events, kinds: NDArray[np.str_]) -> NDArray[np.float64]:
    """log P(kind | hour) / P(kind), (kinds, 24), smoothed towards 0 where there is little data."""
    position = {name: row for row, name in enumerate(kinds.tolist())}
    rows = np.array([position.get(kind(item), -1) for item in events.item.tolist()], dtype=np.intp)
    hours = (events.timestamp // 3600 % HOURS).astype(np.intp)
    known = rows >= 0
    counts = np.bincount(rows[known] * HOURS + hours[known], minlength=len(kinds) * HOURS).reshape(len(kinds), HOURS)
    prior = counts.sum(axis=1, keepdims=True) / max(counts.sum(), 1)
    smoothed = (counts + 20.0 * prior) / (counts.sum(axis=0) + 20.0)
    return np.asarray(np.log(np.maximum(smoothed, 1e-6) / np.maximum(prior, 1e-6)))


def _single(values: NDArray[np.float64]) -> Floats:
    return values.astype(np.float32)
