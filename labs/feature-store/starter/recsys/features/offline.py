"""The offline store: every value a feature ever had, as Parquet files partitioned by date. Yours to write.

As it stands nothing is kept. `root/<view.id>/date=2026-11-23/<digest>.parquet`, append-only; each row carries
`event_time` (when it was true) and `created_time` (when it was written). What columns there are is given.
"""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from recsys.features.definitions import FeatureView
from recsys.features.point_in_time import CREATED_TIME, EVENT_TIME, TENANT

_TIME = pa.timestamp("us", "UTC")


class OfflineStore:
    """Feature history below one folder."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root)

    @staticmethod
    def schema(view: FeatureView) -> pa.Schema:
        """Columns of a view's rows: tenant, the entity, both times, float32 features."""
        keys = [(TENANT, pa.string()), (view.entity, pa.string()), (EVENT_TIME, _TIME), (CREATED_TIME, _TIME)]
        return pa.schema([*keys, *((name, pa.float32()) for name in view.names)])

    def write(self, view: FeatureView, rows: pa.Table, created: datetime) -> int:
        """Append rows, stamped `created` where they carry no `created_time`; how many were new.

        Raises ValueError for missing columns, null keys or times; a stored batch that comes again is recognised and
        adds 0.
        """
        # step 4: `_write_day` for each day that the rows fall on, by the date of their event in UTC
        self._conform(view, rows, created)
        return 0

    def read(self, view: FeatureView, start: date | None = None, end: date | None = None) -> pa.Table:
        """Rows whose event time falls on a day from `start` to `end`, both included; other days are not opened."""
        folder = self.root / view.id
        schema = self.schema(view)
        if not folder.is_dir():
            return schema.empty_table()
        # step 4: a data set with hive partitioning; filter by the date of the folder, so that no other day is opened
        return schema.empty_table()

    def days(self, view: FeatureView) -> list[date]:
        """Days that have rows, in order."""
        # step 4
        return []

    def _conform(self, view: FeatureView, rows: pa.Table, created: datetime) -> pa.Table:
        schema = self.schema(view)
        if CREATED_TIME not in rows.column_names:
            stamp = pa.scalar(created.astimezone(UTC), _TIME)
            rows = rows.append_column(CREATED_TIME, pa.repeat(stamp, rows.num_rows))
        missing = [name for name in schema.names if name not in rows.column_names]
        if missing:
            raise ValueError(f"rows for view {view.id} lack {', '.join(missing)}")
        rows = rows.select(schema.names).cast(schema)
        for name in schema.names[:4]:
            if rows.column(name).null_count:
                raise ValueError(f"rows for view {view.id} have nulls in {name}")
        return rows

    def _write_day(self, view: FeatureView, day: str, rows: pa.Table) -> int:
        """Store the rows of one day; how many were new."""
        # step 4: under a name that the same rows give again; `pq.write_table` to a name beside it, then rename, so that
        # nobody reads half a file
        return 0


def _digest(rows: pa.Table) -> str:
    """Of the rows' keys and values in a canonical order, but not of when they were written."""
    # step 4: the same rows in another order, or written on another day, have the same digest
    return ""
