"""Step 6: from history to serving without undoing what is newer, and history for days that have none."""

from datetime import UTC, date, datetime, timedelta

import pytest

from recsys.features import OfflineStore, backfill, materialise, point_in_time_join
from recsys.features.materialisation import newest_rows


@pytest.fixture
def offline(tmp_path):
    return OfflineStore(tmp_path / "features")


def served(online, view, users, numbers, tenant="acme"):
    return [values[0] for values in numbers(online.read(tenant, view, users).values)]


def test_the_newest_row_of_each(table, make_view, at):
    rows = [("acme", "ann", at(-3), 1, 0), ("acme", "ann", at(-1), 2, 0), ("acme", "bob", at(-2), 3, 0)]
    rows += [("globex", "ann", at(-5), 4, 0), ("acme", "ann", at(-1), 5, 0)]
    written = [at(-3), at(0), at(-2), at(-5), at(-1)]
    newest = newest_rows(make_view(), table(rows, written))
    got = sorted(tuple(row[name] for name in ("tenant", "user", "opens_7d")) for row in newest.to_pylist())
    said = "one row for each tenant and user: the latest event, and of equal events the one written last"
    assert got == [("acme", "ann", 2.0), ("acme", "bob", 3.0), ("globex", "ann", 4.0)], said


def test_what_is_copied(offline, online, make_view, table, at, numbers):
    view = make_view()
    rows = [("acme", "ann", at(-20), 1, 0), ("acme", "ann", at(-2), 2, 0), ("globex", "ann", at(-3), 3, 0)]
    offline.write(view, table(rows), at(-1))
    assert materialise(view, offline, online, at(0)) == 2, "rows stored online: one for ann of each of two tenants"
    assert served(online, view, ["ann"], numbers) == [2], "acme's ann: the row of 10:00"
    assert served(online, view, ["ann"], numbers, "globex") == [3], "globex's ann"
    assert numbers(online.read("acme", view, ["ann"]).ages) == [7200], "the age is that of the event"


def test_as_of_a_moment(offline, online, make_view, table, at, numbers):
    view = make_view()
    offline.write(view, table([("acme", "ann", at(-5), 1, 0)]), at(-5))
    offline.write(view, table([("acme", "ann", at(-1), 2, 0)]), at(-1))
    offline.write(view, table([("acme", "bob", at(-4), 3, 0)]), at(-1))
    materialise(view, offline, online, at(-2))
    said = (
        "as of 10:00: ann's row of 07:00, since that of 11:00 had not happened; none of bob, since his was not written"
    )
    assert served(online, view, ["ann", "bob"], numbers) == [1, None], said


def test_a_streamed_update_is_not_undone(offline, online, make_view, table, at, numbers):
    view = make_view()
    offline.write(view, table([("acme", "ann", at(-3), 1, 0)]), at(-3))
    online.write("acme", view, "ann", {"opens_7d": 9.0}, at(-1))
    assert materialise(view, offline, online, at(0)) == 0, "rows stored online, where a newer one has been streamed"
    assert served(online, view, ["ann"], numbers) == [9], (
        "the streamed value of 11:00 stays, midnight's does not return"
    )


def test_yesterdays_rows_reach_over_midnight(offline, online, make_view, table, at, clock, numbers):
    view = make_view()
    offline.write(view, table([("acme", "ann", at(-13), 1, 0)]), at(-12))  # 23:00 of the day before
    materialise(view, offline, online, at(0))
    assert served(online, view, ["ann"], numbers) == [1], "a row of yesterday, 13 h old, ttl 24 h"


def test_twice_is_once(offline, online, make_view, table, at, numbers):
    view = make_view()
    offline.write(view, table([("acme", "ann", at(-2), 2, 0)]), at(-1))
    for _ in range(2):
        materialise(view, offline, online, at(0))
    assert served(online, view, ["ann"], numbers) == [2], "after two runs"


def noon(day):
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def test_a_backfill_day_by_day(offline, make_view, table, at):
    view, asked = make_view(), []

    def compute(day):
        asked.append(day)
        return table([("acme", "ann", noon(day), day.day, 0)])

    days = (date(2026, 11, 1), date(2026, 11, 4))
    written = backfill(view, offline, compute, days, at(0))
    assert asked == [days[0] + timedelta(days=n) for n in range(4)], "days computed, from the first to the last"
    assert list(written.values()) == [1, 1, 1, 1], "new rows by day"
    assert sorted(offline.read(view)["opens_7d"].to_pylist()) == [1, 2, 3, 4], "what is in the store"


def test_a_backfill_again(offline, make_view, table, at):
    def compute(day):
        return table([("acme", "ann", noon(day), day.day, 0)])

    backfill(make_view(), offline, compute, (date(2026, 11, 1), date(2026, 11, 2)), at(0))
    again = backfill(make_view(), offline, compute, (date(2026, 11, 1), date(2026, 11, 3)), at(5))
    assert list(again.values()) == [0, 0, 1], "new rows by day, where two of three days are there already"


def test_a_backfill_reaches_into_no_training_set(offline, make_view, table, at, numbers):
    view = make_view(ttl=30 * 86_400.0)

    def compute(day):
        return table([("acme", "ann", noon(day), day.day, 0)])

    backfill(view, offline, compute, (date(2026, 11, 1), date(2026, 11, 2)), at(0))
    labels = table([("acme", "ann", noon(date(2026, 11, 10))), ("acme", "ann", at(1))])
    joined = point_in_time_join(labels, [(view, offline.read(view))])
    said = "labels of the 10th and of today, 13:00; the history was computed today at 12:00"
    assert numbers(joined["user_activity__opens_7d"]) == [None, 2], said


def test_a_backfill_that_strays(offline, make_view, table, at):
    def compute(day):
        return table([("acme", "ann", noon(day + timedelta(days=1)), 1, 0)])

    try:
        got = backfill(make_view(), offline, compute, (date(2026, 11, 1), date(2026, 11, 1)), at(0))
    except ValueError:
        got = "ValueError"
    assert got == "ValueError", "the rows for 1 November that are of the 2nd"
    assert offline.read(make_view()).num_rows == 0, "rows stored of a day that was refused"
