"""Feature views: what a group of features is, who owns it, where it comes from, how long it stays true.

Definitions are code, so they are reviewed, versioned and tested like code. A view's version is part of every key and
path it is stored under: a changed meaning is a new version that fills up beside the old one, never a silent rewrite
of it.

`FeatureView.is_fresh` is the one rule for age, used offline by the point-in-time join and online by the store. Two
rules make two datasets: a store whose training set drops what its server still returns teaches the model one world
and shows it another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Feature:
    """One number about an entity. Text and categories are encoded before they come here."""

    name: str
    description: str


@dataclass(frozen=True, slots=True)
class FeatureView:
    """Features of one kind of entity that are computed, stored and expire together; `ttl` in seconds."""

    name: str
    entity: str
    features: tuple[Feature, ...]
    ttl: float
    owner: str
    version: int = 1
    source: str = ""
    description: str = ""
    upstream: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        """Raise ValueError for a definition that cannot be stored or joined."""
        names = [feature.name for feature in self.features]
        if not names or len(set(names)) != len(names):
            raise ValueError(f"view {self.name!r} needs at least one feature, each under a name of its own: {names}")
        if not self.ttl > 0:
            raise ValueError(f"view {self.name!r} needs a positive time to live, not {self.ttl}")
        for part in (self.name, self.entity, *names):
            if not part.isidentifier():
                raise ValueError(f"{part!r} in view {self.name!r} is no identifier (letters, digits, underscores)")
        if not self.owner:
            raise ValueError(f"view {self.name!r} has no owner: somebody has to answer for it")

    @property
    def id(self) -> str:
        """Name and version, as used in keys and paths."""
        return f"{self.name}.v{self.version}"

    @property
    def names(self) -> tuple[str, ...]:
        """The features' names in stored order."""
        return tuple(feature.name for feature in self.features)

    def is_fresh(self, age: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which ages (seconds) are known (not NaN), not from the future, and within the time to live."""
        with np.errstate(invalid="ignore"):
            return (age >= 0) & (age <= self.ttl)

    def positions(self, names: Sequence[str]) -> list[int]:
        """Where `names` are in the stored order. Raises KeyError that names the unknown one."""
        known = {name: position for position, name in enumerate(self.names)}
        for name in names:
            if name not in known:
                raise KeyError(f"view {self.id} has no feature {name!r}; it has {', '.join(known)}")
        return [known[name] for name in names]


class Registry:
    """All views, and what hangs on what: sources, views built from views, models that read them."""

    def __init__(self, views: Sequence[FeatureView] = ()) -> None:
        self._views: dict[str, FeatureView] = {}
        self._consumers: dict[str, set[str]] = {}
        for view in views:
            self.add(view)

    def add(self, view: FeatureView) -> FeatureView:
        """Register `view`; again is fine. Raises ValueError for another definition under the same name and version."""
        known = self._views.get(view.id)
        if known is not None and known != view:
            raise ValueError(f"view {view.id} is defined otherwise already: a changed definition needs a new version")
        for parent in view.upstream:
            self.get(parent)
        self._views[view.id] = view
        return view

    def get(self, id_or_name: str) -> FeatureView:
        """A view by id, or its latest version by name. Raises KeyError that lists what there is."""
        if id_or_name in self._views:
            return self._views[id_or_name]
        versions = [view for view in self._views.values() if view.name == id_or_name]
        if not versions:
            raise KeyError(f"no feature view {id_or_name!r}; there are {', '.join(sorted(self._views)) or 'none'}")
        return max(versions, key=lambda view: view.version)

    def __iter__(self) -> Iterator[FeatureView]:
        """Every version of every view."""
        return iter(self._views.values())

    def consumed_by(self, model: str, views: Sequence[str]) -> None:
        """Note that `model` reads `views`."""
        for name in views:
            self._consumers.setdefault(self.get(name).id, set()).add(model)

    def lineage(self, id_or_name: str) -> dict[str, Any]:
        """Where a view comes from (sources, transitively) and who breaks when it does (views and models downstream)."""
        view = self.get(id_or_name)
        ancestors = [view, *self._ancestors(view)]
        descendants = [other for other in self if view in self._ancestors(other)]
        models = set().union(*(self._consumers.get(other.id, set()) for other in [view, *descendants]))
        return {
            "view": view.id,
            "owner": view.owner,
            "sources": sorted({ancestor.source for ancestor in ancestors if ancestor.source}),
            "upstream": sorted(ancestor.id for ancestor in ancestors[1:]),
            "downstream": sorted(descendant.id for descendant in descendants),
            "models": sorted(models),
        }

    def _ancestors(self, view: FeatureView) -> list[FeatureView]:
        parents = [self.get(name) for name in view.upstream]
        return parents + [ancestor for parent in parents for ancestor in self._ancestors(parent)]
