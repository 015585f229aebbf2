"""From history to serving: copy the newest rows online, and fill history for days that have none.

`materialise` copies, for each entity, its newest row as of a moment. Run it more often than the view's time to live,
with slack for a run that fails: rows expire by the time of their event, so a schedule of 24 h with a time to live of
24 h leaves gaps every day. `backfill` computes past days, one after the other; it can be run again after a crash,
because a stored batch is recognised.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from recsys.features.definitions import FeatureView
from recsys.features.offline import OfflineStore
from recsys.features.online import OnlineStore
from recsys.features.point_in_time import CREATED_TIME, EVENT_TIME, TENANT


def materialise(view: FeatureView, offline: OfflineStore, online: OnlineStore, as_of: datetime) -> int:
    """Write the newest row of each entity known at `as_of` (an aware time) to the online store; how many were stored.

    Rows already online that are newer stay: a slow materialisation never undoes a streamed update.
    """
    oldest = (as_of - timedelta(seconds=view.ttl)).astimezone(UTC).date()
    rows = offline.read(view, oldest, as_of.astimezone(UTC).date())
    moment = pa.scalar(as_of, rows.schema.field(EVENT_TIME).type)
    known = pc.and_(pc.less_equal(rows[EVENT_TIME], moment), pc.less_equal(rows[CREATED_TIME], moment))
    newest = newest_rows(view, rows.filter(known))
    stored = 0
    for tenant in pc.unique(newest[TENANT]).to_pylist():
        part = newest.filter(pc.equal(newest[TENANT], tenant))
        values = np.column_stack([part[name].to_numpy() for name in view.names])
        seconds = part[EVENT_TIME].cast(pa.int64()).to_numpy() / 1e6
        stored += online.write_many(tenant, view, part[view.entity].to_pylist(), values, seconds.tolist())
    return stored


def newest_rows(view: FeatureView, rows: pa.Table) -> pa.Table:
    """One row an entity: of those with the latest event time the one that was written last."""
    keys = [TENANT, view.entity]
    order = [(name, "descending") for name in (EVENT_TIME, CREATED_TIME)]
    ordered = rows.take(pc.sort_indices(rows, sort_keys=[*((key, "ascending") for key in keys), *order]))
    numbered = ordered.select(keys).append_column("row", pa.array(np.arange(len(ordered))))
    firsts = numbered.group_by(keys).aggregate([("row", "min")])["row_min"]
    return ordered.take(firsts)


def backfill(
    view: FeatureView,
    offline: OfflineStore,
    compute: Callable[[date], pa.Table],
    days: tuple[date, date],
    created: datetime,
) -> dict[date, int]:
    """Compute and store each day from `days[0]` to `days[1]`, both included; new rows by day.

    The rows are stamped `created`, the time of the backfill, so that the point-in-time join does not let what was
    computed in March into a training set of February. Raises ValueError where `compute` returns a row of another day.
    """
    written = {}
    for offset in range((days[1] - days[0]).days + 1):
        day = days[0] + timedelta(days=offset)
        rows = compute(day)
        strays = set(pc.unique(pc.strftime(rows[EVENT_TIME], "%Y-%m-%d")).to_pylist()) - {day.isoformat()}
        if strays:
            raise ValueError(f"the backfill of {day} of view {view.id} returned rows of {', '.join(sorted(strays))}")
        written[day] = offline.write(view, rows, created)
    return written
