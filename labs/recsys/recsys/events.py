"""The event stream that everything learns from: who did what with which item, and when.

A work-management product records four kinds of event: `view` (weak interest), `open` and `done` (real use) and
`dismiss` (a refusal). A kind from elsewhere (`purchase`, `click`) counts as real use.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

COLUMNS = ("tenant", "user", "item", "event", "timestamp")
KINDS = ("view", "open", "done", "dismiss")
VIEW_STRENGTH = 0.3


@dataclass(frozen=True, slots=True)
class Events:
    """Columns of equal length, one row an event; `timestamp` is in seconds since 1970-01-01 UTC."""

    tenant: NDArray[np.str_]
    user: NDArray[np.str_]
    item: NDArray[np.str_]
    event: NDArray[np.str_]
    timestamp: NDArray[np.float64]

    @classmethod
    def from_rows(cls, rows: Iterable[Sequence[str | float]]) -> Events:
        """Events from (tenant, user, item, event, timestamp) tuples."""
        columns = list(zip(*rows, strict=True)) or [()] * len(COLUMNS)
        tenant, user, item, event = (np.array(column, dtype=np.str_) for column in columns[:4])
        return cls(tenant, user, item, event, np.array(columns[4], dtype=np.float64))

    def __len__(self) -> int:
        return len(self.timestamp)

    def select(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> Events:
        """The rows of a mask, or of an array of positions."""
        return Events(*(getattr(self, field.name)[rows] for field in fields(self)))

    def of_tenant(self, tenant: str) -> Events:
        """One tenant's events: all that its models may see."""
        return self.select(self.tenant == tenant)

    def tenants(self) -> list[str]:
        """The tenants that occur, sorted."""
        return [str(tenant) for tenant in np.unique(self.tenant)]

    def sorted(self) -> Events:
        """In order of time; ties keep their order."""
        return self.select(np.argsort(self.timestamp, kind="stable"))

    def distinct(self) -> Events:
        """Without repeated rows: a client that retries sends an event twice, and it is one event."""
        rows = zip(*(getattr(self, name).tolist() for name in COLUMNS), strict=True)
        first = {row: position for position, row in reversed(list(enumerate(rows)))}
        return self.select(np.array(sorted(first.values()), dtype=np.intp))

    def strength(self) -> NDArray[np.float32]:
        """How much each event says for its item: 1 for real use, VIEW_STRENGTH for a view, 0 for a refusal."""
        values = np.ones(len(self), dtype=np.float32)
        values[self.event == "view"] = VIEW_STRENGTH
        values[self.event == "dismiss"] = 0.0
        return values

    def is_use(self) -> NDArray[np.bool_]:
        """Where an event is real use: what a recommendation is judged by."""
        return np.asarray(self.strength() == 1.0)


def concatenate(parts: Sequence[Events]) -> Events:
    """All rows of several streams, in the order given."""
    if not parts:
        return Events.from_rows([])
    return Events(*(np.concatenate([getattr(part, name) for part in parts]) for name in COLUMNS))
