"""Training-serving consistency: does the server see what the training set would say of this very moment? Yours to write.

Skew is silent: nothing fails, the model is merely worse than in evaluation. As it stands nothing is compared, and the
rate is a perfect 1.
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
    # step 8: ask both sides the same question: a point-in-time join dated now (`online.clock()`), and a read
    return Consistency(0, ())
