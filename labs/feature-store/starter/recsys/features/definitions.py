"""Feature views: what a group of features is, who owns it, where it comes from, how long it stays true. Yours to write.

As it stands any definition is accepted, and whatever was ever known counts as fresh. `FeatureView.is_fresh` is the one
rule for age, which the point-in-time join asks offline and the store online.
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
        # step 1: features under names of their own, a positive time to live, names that are identifiers, an owner
        pass

    @property
    def id(self) -> str:
        """Name and version, as used in keys and paths."""
        # step 1: `name.v1`, `name.v2`
        return self.name

    @property
    def names(self) -> tuple[str, ...]:
        """The features' names in stored order."""
        return tuple(feature.name for feature in self.features)

    def is_fresh(self, age: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which ages (seconds) are known (not NaN), not from the future, and within the time to live."""
        # step 1: and nobody else decides this
        return ~np.isnan(age)

    def positions(self, names: Sequence[str]) -> list[int]:
        """Where `names` are in the stored order. Raises KeyError that names the unknown one."""
        # step 1: in the order of `names`
        return [position for position, name in enumerate(self.names) if name in names]


class Registry:
    """All views, and what hangs on what: sources, views built from views, models that read them."""

    def __init__(self, views: Sequence[FeatureView] = ()) -> None:
        self._views: dict[str, FeatureView] = {}
        self._consumers: dict[str, set[str]] = {}
        for view in views:
            self.add(view)

    def add(self, view: FeatureView) -> FeatureView:
        """Register `view`; again is fine. Raises ValueError for another definition under the same name and version."""
        # step 1: what is known under this id stays what it is
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
