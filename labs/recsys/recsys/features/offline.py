"""The offline store: every value a feature ever had, as Parquet files partitioned by date.

What: `root/<view.id>/date=2026-11-23/<digest>.parquet`, append-only. Why by date: training reads a range of days, and
a day is what a backfill replaces or adds. Each row carries `event_time` (when it was true) and `created_time` (when
it was written), so that a training set can be rebuilt as it would have been on any day.

A file's name is the digest of what is in it: a backfill that is run twice, or dies half-way and is run again, leaves
the same files and no duplicate row. Files appear by rename, whole or not at all.
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
        stored = 0
        rows = self._conform(view, rows, created)
        days = pc.strftime(rows.column(EVENT_TIME), "%Y-%m-%d")
        for day in sorted(pc.unique(days).to_pylist()):
            stored += self._write_day(view, day, rows.filter(pc.equal(days, day)))
        return stored

    def read(self, view: FeatureView, start: date | None = None, end: date | None = None) -> pa.Table:
        """Rows whose event time falls on a day from `start` to `end`, both included; other days are not opened."""
        folder = self.root / view.id
        schema = self.schema(view)
        if not folder.is_dir():
            return schema.empty_table()
        days = ds.partitioning(pa.schema([("date", pa.string())]), flavor="hive")
        dataset = ds.dataset(folder, schema=pa.schema([*schema, ("date", pa.string())]), partitioning=days)
        condition = ds.field("date") >= (start or date.min).isoformat()
        condition &= ds.field("date") <= (end or date.max).isoformat()
        return dataset.to_table(columns=schema.names, filter=condition)

    def days(self, view: FeatureView) -> list[date]:
        """Days that have rows, in order."""
        return sorted(date.fromisoformat(folder.name[5:]) for folder in (self.root / view.id).glob("date=*"))

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
        folder = self.root / view.id / f"date={day}"
        path = folder / f"{_digest(rows)}.parquet"
        if path.exists():
            return 0
        folder.mkdir(parents=True, exist_ok=True)
        partial = folder / f".{path.stem}.{os.getpid()}.partial"
        pq.write_table(rows, partial)
        partial.replace(path)
        return int(rows.num_rows)


def _digest(rows: pa.Table) -> str:
    """Of the rows' keys and values in a canonical order, but not of when they were written."""
    content = rows.drop_columns([CREATED_TIME])
    content = content.sort_by([(name, "ascending") for name in content.column_names]).combine_chunks()
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, content.schema) as stream:
        stream.write_table(content)
    return hashlib.blake2b(sink.getvalue(), digest_size=16).hexdigest()
