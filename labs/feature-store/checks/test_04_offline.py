"""Step 4: history in Parquet, a folder a day, whole or not at all, and never twice."""

from datetime import date, timedelta

import pyarrow.parquet as pq
import pytest

from recsys.features import OfflineStore


@pytest.fixture
def store(tmp_path):
    return OfflineStore(tmp_path / "features")


def files(store):
    return sorted(path for path in store.root.rglob("*") if path.is_file())


def test_what_is_written_is_read(store, make_view, table, at, numbers):
    view = make_view()
    assert store.write(view, table([("acme", "ann", at(0), 1, 2), ("acme", "bob", at(1), 3, 4)]), at(2)) == 2, (
        "new rows"
    )
    found = store.read(view).sort_by("user")
    assert found["user"].to_pylist() == ["ann", "bob"], "users that are read back"
    assert [numbers(found[name]) for name in view.names] == [[1, 3], [2, 4]], "their features"
    assert found["event_time"].to_pylist() == [at(0), at(1)], "the times of their events"
    assert found["created_time"].to_pylist() == [at(2), at(2)], "when they were written"


def test_a_folder_a_day(store, make_view, table, at):
    view = make_view()
    store.write(view, table([("acme", "ann", at(hours), 1, 0) for hours in (-24, 0, 11.9, 12)]), at(20))
    folders = sorted(path.name for path in (store.root / view.id).iterdir())
    said = "folders of a view whose events are of 22, 23 (two) and 24 November, by UTC"
    assert folders == ["date=2026-11-22", "date=2026-11-23", "date=2026-11-24"], said
    assert store.days(view) == [date(2026, 11, 22), date(2026, 11, 23), date(2026, 11, 24)], "days that have rows"


def test_a_range_of_days_opens_no_other(store, make_view, table, at):
    view = make_view()
    for day in range(4):
        store.write(view, table([("acme", "ann", at(24 * day), day, 0)]), at(100))
    for path in files(store):
        if "2026-11-26" in str(path):
            path.write_bytes(b"no Parquet at all")
    try:
        got = sorted(store.read(view, date(2026, 11, 24), date(2026, 11, 25))["opens_7d"].to_pylist())
    except Exception as error:  # whatever the reader makes of a damaged file
        got = f"it opened the file of 26 November: {type(error).__name__}"
    assert got == [1.0, 2.0], "rows of 24 and 25 November, both included, where the file of the 26th is damaged"


def test_again_is_not_twice(store, make_view, table, at):
    view = make_view()
    rows = [("acme", "ann", at(0), 1, 0), ("acme", "bob", at(30), 2, 0)]
    store.write(view, table(rows), at(40))
    again = store.write(view, table(rows[::-1]), at(50))
    assert again == 0, "new rows when the same are written again, an hour later and in another order"
    assert store.read(view).num_rows == 2, "rows in the store"


def test_a_correction_is_kept_beside(store, make_view, table, at):
    view = make_view()
    store.write(view, table([("acme", "ann", at(0), 1, 0)]), at(1))
    assert store.write(view, table([("acme", "ann", at(0), 9, 0)]), at(2)) == 1, "new rows: another value, same event"
    found = store.read(view).sort_by("created_time")
    assert found["opens_7d"].to_pylist() == [1.0, 9.0], "what was known first stays, or nothing can be rebuilt"


def test_versions_do_not_mix(store, make_view, table, at):
    first, second = make_view(), make_view(version=2)
    store.write(first, table([("acme", "ann", at(0), 1, 0)]), at(1))
    assert store.read(second).num_rows == 0, "rows of version 2, of which nothing was written"


def test_whole_or_not_at_all(store, make_view, table, at, monkeypatch):
    view, write = make_view(), pq.write_table

    def died(rows, where, *more, **named):
        write(rows, where, *more, **named)
        raise OSError("no space left on device")

    monkeypatch.setattr(pq, "write_table", died)
    with pytest.raises(OSError, match="no space"):
        store.write(view, table([("acme", "ann", at(0), 1, 0)]), at(1))
    monkeypatch.undo()
    assert store.read(view).num_rows == 0, "rows after a write that died before its end"
    assert store.write(view, table([("acme", "ann", at(0), 1, 0)]), at(2)) == 1, "new rows, when it is tried again"


def test_a_row_without_a_key(store, make_view, table, at):
    try:
        got = store.write(make_view(), table([("acme", None, at(0), 1, 0)]), at(1))
    except ValueError:
        got = "ValueError"
    assert got == "ValueError", "a row whose user is null belongs to nobody"


def test_an_empty_store(store, make_view):
    assert store.read(make_view(), date(2026, 1, 1), date(2026, 1, 1) + timedelta(days=5)).num_rows == 0, "rows"
    assert store.days(make_view()) == [], "days of a view that was never written"
