"""The join against pandas.merge_asof, against a plain loop, and against its one law: no future row, ever."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys.features import Feature, FeatureView, point_in_time_join

START = datetime(2026, 1, 1, tzinfo=UTC)
VIEW = FeatureView("activity", "user_id", (Feature("clicks", ""), Feature("opens", "")), ttl=50.0, owner="ranking")
TIME = pa.timestamp("us", "UTC")


def rows(records: list[tuple[Any, ...]], names: list[str]) -> pa.Table:
    """A table of `records`, whose numbers in time columns are seconds after START."""
    columns = list(zip(*records, strict=True)) if records else [()] * len(names)
    table = {}
    for name, values in zip(names, columns, strict=True):
        if name.endswith("_time"):
            table[name] = pa.array([START + timedelta(seconds=value) for value in values], TIME)
        else:
            table[name] = pa.array(values, pa.string() if name in {"tenant", "user_id"} else pa.float32())
    return pa.table(table)


def ask(records: list[tuple[Any, ...]]) -> pa.Table:
    return rows(records, ["tenant", "user_id", "event_time"])


def frame(records: list[tuple[Any, ...]]) -> pa.Table:
    return rows(records, ["tenant", "user_id", "event_time", "created_time", "clicks", "opens"])


NAMES = st.sampled_from(["a", "b", "a:b"])
SECONDS = st.integers(0, 120)
ASKED = st.lists(st.tuples(NAMES, NAMES, SECONDS), max_size=12)
STORED = st.lists(st.tuples(NAMES, NAMES, SECONDS, SECONDS), max_size=25)


@settings(max_examples=200, deadline=None)
@given(ASKED, STORED)
def test_it_equals_a_loop_over_all_rows_and_never_returns_the_future(
    asked: list[tuple[Any, ...]], stored: list[tuple[Any, ...]]
) -> None:
    numbered = [(*row, index, index) for index, row in enumerate(stored)]
    joined = point_in_time_join(ask(asked), [(VIEW, frame(numbered))])
    assert joined.num_rows == len(asked)
    assert joined.column("user_id").to_pylist() == [user for _, user, _ in asked]
    for (tenant, user, now), found in zip(asked, joined.column("activity__clicks").to_pylist(), strict=True):
        known = [
            (event, created, index)
            for index, (owner, entity, event, created) in enumerate(stored)
            if (owner, entity) == (tenant, user) and event <= now and created <= now
        ]
        best = max(known, default=None)
        expected = best[2] if best is not None and now - best[0] <= VIEW.ttl else None
        assert found == expected
        if found is not None:
            assert stored[int(found)][2] <= now


def test_it_equals_pandas_merge_asof() -> None:
    rng = np.random.default_rng(3)
    asked = pd.DataFrame(
        {
            "tenant": rng.choice(["t1", "t2"], 3000),
            "user_id": rng.integers(0, 200, 3000).astype(str),
            "event_time": START + pd.to_timedelta(rng.integers(0, 5000, 3000), unit="s").as_unit("us"),
        }
    )
    stored = pd.DataFrame(
        {
            "tenant": rng.choice(["t1", "t2"], 9000),
            "user_id": rng.integers(0, 200, 9000).astype(str),
            "event_time": START + pd.to_timedelta(rng.permutation(9000) * 550, unit="ms").as_unit("us"),
            "clicks": rng.normal(size=9000).astype("float32"),
            "opens": rng.normal(size=9000).astype("float32"),
        }
    )
    expected = pd.merge_asof(
        asked.reset_index().sort_values("event_time"),
        stored.sort_values("event_time"),
        on="event_time",
        by=["tenant", "user_id"],
        tolerance=pd.Timedelta(seconds=VIEW.ttl),
    ).sort_values("index")
    ours = point_in_time_join(
        pa.Table.from_pandas(asked, preserve_index=False), [(VIEW, pa.Table.from_pandas(stored, preserve_index=False))]
    )
    for name in VIEW.names:
        theirs = expected[name].to_numpy()
        np.testing.assert_array_equal(ours.column(f"activity__{name}").to_numpy(), theirs)
        assert 0 < np.isnan(theirs).sum() < len(theirs)


def test_a_backfill_does_not_leak_into_the_time_before_it_ran() -> None:
    history = frame([("t", "u", 10, 10, 1.0, 0.0), ("t", "u", 20, 90, 2.0, 0.0)])
    joined = point_in_time_join(ask([("t", "u", 30), ("t", "u", 60), ("t", "u", 90)]), [(VIEW, history)])
    assert joined.column("activity__clicks").to_pylist() == [1.0, 1.0, None]  # at 90 the row of 20 is 70 s old


def test_a_null_feature_stays_null_beside_a_known_one() -> None:
    history = frame([("t", "u", 10, 10, None, 5.0)])
    joined = point_in_time_join(ask([("t", "u", 30)]), [(VIEW, history)])
    assert joined.column("activity__clicks").to_pylist() == [None]
    assert joined.column("activity__opens").to_pylist() == [5.0]


def test_times_too_wide_for_one_integer_are_ranked() -> None:
    history = rows(
        [("t", f"u{user}", second, 1.0, user) for user in range(300) for second in (0, 40)],
        ["tenant", "user_id", "event_time", "clicks", "opens"],
    )
    ancient = pa.array([datetime(1, 1, 2, tzinfo=UTC), *history["event_time"].to_pylist()[1:]], TIME)
    history = history.set_column(2, "event_time", ancient)
    far = (datetime(9998, 1, 1, tzinfo=UTC) - START).total_seconds()
    asked = ask([("t", "u7", far), *(("t", f"u{user}", 41) for user in range(300))])
    joined = point_in_time_join(asked, [(VIEW, history)])
    assert joined.column("activity__opens").to_pylist() == [None, *range(300)]


def test_two_views_join_side_by_side() -> None:
    other = FeatureView("profile", "user_id", (Feature("clicks", ""),), ttl=1000.0, owner="growth")
    history = frame([("t", "u", 0, 0, 1.0, 0.0)])
    joined = point_in_time_join(ask([("t", "u", 90)]), [(VIEW, history), (other, history)])
    assert joined.select(["activity__clicks", "profile__clicks"]).to_pylist() == [
        {"activity__clicks": None, "profile__clicks": 1.0}
    ]


def test_what_is_missing_is_named() -> None:
    with pytest.raises(ValueError, match="the entities lack user_id"):
        point_in_time_join(ask([]).drop_columns(["user_id"]), [(VIEW, frame([]))])
    with pytest.raises(ValueError, match=r"view activity\.v1 lack opens"):
        point_in_time_join(ask([]), [(VIEW, frame([]).drop_columns(["opens"]))])
    with pytest.raises(ValueError, match="1 nulls"):
        point_in_time_join(ask([("t", None, 1)]), [(VIEW, frame([("t", "u", 0, 0, 1.0, 0.0)]))])


def test_of_rows_of_the_same_moment_the_last_counts_as_in_pandas() -> None:
    rng = np.random.default_rng(5)
    stored = pd.DataFrame(
        {
            "tenant": "t",
            "user_id": rng.integers(0, 3, 3000).astype(str),
            "event_time": START + pd.to_timedelta(np.sort(rng.integers(0, 40, 3000)), unit="s").as_unit("us"),
            "clicks": np.arange(3000, dtype="float32"),
            "opens": 0.0,
        }
    )
    asked = stored[["tenant", "user_id", "event_time"]].drop_duplicates()
    expected = pd.merge_asof(asked, stored, on="event_time", by=["tenant", "user_id"])
    tables = [pa.Table.from_pandas(one, preserve_index=False) for one in (asked, stored)]
    joined = point_in_time_join(tables[0], [(VIEW, tables[1])])
    np.testing.assert_array_equal(joined.column("activity__clicks").to_numpy(), expected["clicks"].to_numpy())


@pytest.mark.parametrize(
    "values", [pa.array([1, 2]), pa.array([True, False]), pa.array([START, START], TIME), pa.array(["a", "b"])], ids=str
)
def test_a_feature_of_any_type_is_null_where_nothing_was_known(values: pa.Array) -> None:
    view = FeatureView("activity", "user_id", (Feature("x", ""),), ttl=50.0, owner="ranking")
    history = rows([("t", "u", 10), ("t", "u", 20)], ["tenant", "user_id", "event_time"]).append_column("x", values)
    joined = point_in_time_join(ask([("t", "u", 5), ("t", "u", 15), ("t", "v", 15), ("t", "u", 25)]), [(view, history)])
    first, second = values.to_pylist()
    assert joined.column("activity__x").to_pylist() == [None, first, None, second]
    joined.validate(full=True)


def test_keys_of_two_kinds_of_strings_meet() -> None:
    history = frame([("t", "u", 10, 10, 1.0, 5.0)])
    asked = ask([("t", "u", 30)])
    large = asked.set_column(1, "user_id", asked.column("user_id").cast(pa.large_string()))
    assert point_in_time_join(large, [(VIEW, history)]).column("activity__opens").to_pylist() == [5.0]
