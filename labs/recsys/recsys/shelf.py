"""The models that serve: follows each tenant's registry, swaps a model in only after it has proved itself.

The request path never touches the registry: it reads a dictionary. A model that is damaged, foreign or absurd is
refused once, logged and counted, and the one before goes on serving.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from recsys.bundle import BrokenModelError, Model, label, load, registry_of
from recsys.quantise import Precision
from recsys.registry import Registry, UnknownVersionError


class ModelShelf:
    """One model a tenant, the one that `alias` points at in the tenant's registry below `models`."""

    def __init__(
        self,
        models: Path,
        alias: str = "champion",
        *,
        precision: Precision = "fp32",
        on_refused: Callable[[str, str], None] = lambda tenant, why: None,
        on_swapped: Callable[[Model, Model | None], None] = lambda new, old: None,
    ) -> None:
        """`on_refused` is told the tenant and the reason, `on_swapped` the new model and the one that it replaces."""
        self._models, self._alias, self._precision = models, alias, precision
        self._on_refused, self._on_swapped = on_refused, on_swapped
        self._serving: dict[str, Model] = {}
        self._registries: dict[str, Registry] = {}
        self._refused: dict[str, str] = {}
        self._refreshing = threading.Lock()

    def get(self, tenant: str) -> Model | None:
        """The tenant's model, None for a tenant that has none."""
        return self._serving.get(tenant)

    def models(self) -> list[Model]:
        """All that serve."""
        return list(self._serving.values())

    def refresh(self) -> None:
        """Follow every alias that has moved since. Never raises for a model's sake."""
        with self._refreshing:
            for folder in sorted(self._models.glob("*/registry.sqlite3")):
                self._follow(folder.parent.name)

    def _follow(self, tenant: str) -> None:
        version = None
        try:
            registry = self._registries.setdefault(tenant, registry_of(self._models, tenant))
            version = registry.resolve(self._alias)
            if label(version) in (self._current(tenant), self._refused.get(tenant)):
                return
            registry.verify(version)
            model = load(version, tenant)
            model = replace(model, retriever=model.retriever.quantised(self._precision))
        except UnknownVersionError:
            return
        except (BrokenModelError, ValueError, OSError, sqlite3.Error) as error:
            self._refuse(tenant, label(version) if version else "", str(error))
            return
        old = self._serving.get(tenant)
        self._serving[tenant] = model
        self._refused.pop(tenant, None)
        self._on_swapped(model, old)

    def _refuse(self, tenant: str, version: str, why: str) -> None:
        if self._refused.get(tenant) != version:
            self._refused[tenant] = version
            self._on_refused(tenant, why)

    def _current(self, tenant: str) -> str | None:
        model = self._serving.get(tenant)
        return model.version if model else None
