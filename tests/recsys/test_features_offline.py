"""The Parquet history: partitions, repeats, crashes."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from recsys.features import Feature, FeatureView, OfflineStore, backfill

VIEW = FeatureView("activity", "user_id", (Feature("clicks", ""),), ttl=86400.0, owner="ranking")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def rows(*moments: datetime, clicks: float = 1.0) -> pa.Table:
    """One row of user `u` at each moment."""
    times = pa.array(moments, pa.timestamp("us", "UTC"))
    n = len(moments)
    return pa.table({"tenant": ["t"] * n, "user_id": ["u"] * n, "event_time": times, "clicks": [clicks] * n})


def test_rows_land_in_the_partition_of_their_day_and_come_back(tmp_path: Path) -> None:
    store = OfflineStore(tmp_path)
    assert store.write(VIEW, rows(NOON, NOON + timedelta(days=1), NOON + timedelta(days=2)), NOON) == 3
    assert store.days(VIEW) == [date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3)]
    middle = store.read(VIEW, date(2026, 3, 2), date(2026, 3, 2))
    assert middle["event_time"].to_pylist() == [NOON + timedelta(days=1)]
    assert middle["created_time"].to_pylist() == [NOON]
    assert store.read(VIEW).num_rows == 3


def test_the_same_batch_again_adds_nothing_and_a_correction_does(tmp_path: Path) -> None:
    store = OfflineStore(tmp_path)
    store.write(VIEW, rows(NOON), NOON)
    assert store.write(VIEW, rows(NOON), NOON + timedelta(hours=1)) == 0
    assert store.write(VIEW, rows(NOON, clicks=2.0), NOON + timedelta(hours=1)) == 1
    assert store.read(VIEW)["clicks"].to_pylist().count(2.0) == 1


def test_what_a_crash_left_half_written_is_not_read(tmp_path: Path) -> None:
    store = OfflineStore(tmp_path)
    store.write(VIEW, rows(NOON), NOON)
    (tmp_path / VIEW.id / "date=2026-03-01" / ".abc.1.partial").write_bytes(b"PAR1 half a file")
    assert store.read(VIEW).num_rows == 1


def test_a_new_version_does_not_see_the_old_rows(tmp_path: Path) -> None:
    store = OfflineStore(tmp_path)
    store.write(VIEW, rows(NOON), NOON)
    newer = FeatureView("activity", "user_id", VIEW.features, ttl=1.0, owner="ranking", version=2)
    assert store.read(newer).num_rows == 0


def test_incomplete_rows_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="lack clicks"):
        OfflineStore(tmp_path).write(VIEW, rows(NOON).drop_columns(["clicks"]), NOON)
    nameless = rows(NOON).set_column(1, "user_id", pa.array([None], pa.string()))
    with pytest.raises(ValueError, match="nulls in user_id"):
        OfflineStore(tmp_path).write(VIEW, nameless, NOON)


def test_a_backfill_that_died_half_way_is_simply_run_again(tmp_path: Path) -> None:
    store, days = OfflineStore(tmp_path), (date(2026, 3, 1), date(2026, 3, 4))

    def compute(day: date) -> pa.Table:
        return rows(datetime(day.year, day.month, day.day, 8, tzinfo=UTC))

    def dies_on_the_third(day: date) -> pa.Table:
        if day.day == 3:
            raise OSError("the warehouse went away")
        return compute(day)

    with pytest.raises(OSError, match="warehouse"):
        backfill(VIEW, store, dies_on_the_third, days, NOON)
    assert list(backfill(VIEW, store, compute, days, NOON).values()) == [0, 0, 1, 1]
    assert store.read(VIEW).num_rows == 4


def test_a_backfill_may_not_write_into_another_day(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="returned rows of 2026-03-01"):
        backfill(VIEW, OfflineStore(tmp_path), lambda _: rows(NOON), (date(2026, 3, 2), date(2026, 3, 2)), NOON)
