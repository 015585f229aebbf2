"""Training-serving consistency: does the server see what the training set would say of this very moment?

Skew is silent: nothing fails, the model is merely worse than in evaluation. The check asks both sides the same
question, "the features of these entities now", the online store by a read, the offline store by a point-in-time join
dated now, and compares value by value. Run it on a sample every few minutes and alert on the share that differs; a
materialisation that lags shows here first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from recsys.features.definitions import FeatureView
from recsys.features.online import OnlineStore
from recsys.features.point_in_time import EVENT_TIME, TENANT, point_in_time_join


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One value on which the stores disagree; NaN stands for "no fresh value"."""

    entity_id: str
    feature: str
    offline: float
    online: float


@dataclass(frozen=True, slots=True)
class Consistency:
    """How many values were compared, and those that differ."""

    compared: int
    mismatches: tuple[Mismatch, ...]

    @property
    def rate(self) -> float:
        """The share of values that agree; 1.0 where nothing was compared."""
        return 1.0 - len(self.mismatches) / self.compared if self.compared else 1.0


def compare(
    view: FeatureView,
    tenant: str,
    entity_ids: Sequence[str],
    history: pa.Table,
    online: OnlineStore,
    *,
    tolerance: float = 1e-6,
) -> Consistency:
    """Compare the online rows with a point-in-time join of `history` at the online store's present.

    Values agree within `tolerance` relative to the larger, or where both are unknown.
    """
    moment = pa.scalar(round(online.clock() * 1e6), pa.int64()).cast(pa.timestamp("us", "UTC"))
    asked = pa.table({TENANT: [tenant] * len(entity_ids), view.entity: list(entity_ids)}).append_column(
        EVENT_TIME, pa.repeat(moment, len(entity_ids))
    )
    joined = point_in_time_join(asked, [(view, history)])
    trained = np.column_stack([joined[f"{view.name}__{name}"].to_numpy() for name in view.names]).astype(np.float32)
    served = online.read(tenant, view, entity_ids).values
    differs = ~np.isclose(trained, served, rtol=tolerance, atol=0.0, equal_nan=True)
    mismatches = tuple(
        Mismatch(entity_ids[row], view.names[column], float(trained[row, column]), float(served[row, column]))
        for row, column in np.argwhere(differs)
    )
    return Consistency(differs.size, mismatches)
