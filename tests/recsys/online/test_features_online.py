"""The online store, materialisation, streaming and consistency, on a real server and on the stand-in."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import redis

from recsys.features import (
    Event,
    Feature,
    FeatureView,
    OfflineStore,
    OnlineStore,
    SlidingCounts,
    StreamingView,
    compare,
    materialise,
)

VIEW = FeatureView("activity", "user_id", (Feature("clicks", ""), Feature("opens", "")), ttl=100.0, owner="ranking")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp()


@pytest.fixture
def now() -> list[float]:
    """The store's present, which a test may move."""
    return [NOW]


@pytest.fixture
def online(store: redis.Redis, prefix: str, now: list[float]) -> OnlineStore:
    return OnlineStore(store, prefix, clock=lambda: now[0])


def row(clicks: float, opens: float = 0.0) -> dict[str, float]:
    return {"clicks": clicks, "opens": opens}


def test_rows_come_back_in_the_order_asked_for_with_their_age(online: OnlineStore) -> None:
    online.write("t", VIEW, "a", row(1, 10), NOW - 7)
    online.write("t", VIEW, "b:c é", row(2, 20), datetime.fromtimestamp(NOW, UTC))
    rows = online.read("t", VIEW, ["b:c é", "unknown", "a"], ["opens"])
    np.testing.assert_array_equal(rows.values, np.float32([[20], [np.nan], [10]]))
    np.testing.assert_allclose(rows.ages, [0, np.nan, 7], atol=1e-6)
    assert rows.fresh.tolist() == [True, False, True]
    assert rows.coverage == pytest.approx(2 / 3)
    assert online.read("t", VIEW, []).values.shape == (0, 2)


@pytest.mark.parametrize("order", list(itertools.permutations([10.0, 20.0, 30.0])))
def test_in_whatever_order_events_arrive_the_newest_stays(online: OnlineStore, order: tuple[float, ...]) -> None:
    for event in order:
        online.write("t", VIEW, "u", row(event), NOW - 50 + event)
    assert online.read("t", VIEW, ["u"]).values[0, 0] == 30.0


def test_a_late_write_says_so_and_a_correction_of_the_same_moment_is_taken(online: OnlineStore) -> None:
    assert online.write("t", VIEW, "u", row(1), NOW)
    assert not online.write("t", VIEW, "u", row(2), NOW - 0.000001)
    assert online.write("t", VIEW, "u", row(3), NOW)
    assert online.read("t", VIEW, ["u"]).values[0, 0] == 3.0


def test_age_counts_from_the_event(online: OnlineStore, store: redis.Redis, now: list[float]) -> None:
    online.write("t", VIEW, "u", row(1), NOW - 60)
    (key,) = store.keys("*")
    assert 38_000 < store.pttl(key) <= 40_000
    assert not online.write("t", VIEW, "old", row(1), NOW - 100.5)
    now[0] = NOW + 40
    assert online.read("t", VIEW, ["u"]).fresh.tolist() == [True]
    now[0] = NOW + 40.5
    stale = online.read("t", VIEW, ["u"])
    assert stale.fresh.tolist() == [False]
    assert np.isnan(stale.values).all()
    assert stale.ages[0] == pytest.approx(100.5, abs=1e-5)


def test_no_tenant_reads_or_erases_another(online: OnlineStore) -> None:
    names = ["t", "t:activity.v1", "*", "t}", "T"]
    for number, tenant in enumerate(names):
        online.write(tenant, VIEW, "u", row(number), NOW)
    assert [online.read(tenant, VIEW, ["u"]).values[0, 0] for tenant in names] == list(range(len(names)))
    assert online.delete_tenant("*") == 1
    assert online.delete_tenant("t") == 1
    assert [online.read(tenant, VIEW, ["u"]).fresh[0] for tenant in names] == [False, True, False, True, True]


def test_a_prefix_with_wildcards_stays_literal(store: redis.Redis) -> None:
    wild, plain = OnlineStore(store, "w*[ab]?:", clock=lambda: NOW), OnlineStore(store, "wxax:", clock=lambda: NOW)
    for online in (wild, plain):
        online.write("t", VIEW, "u", row(1), NOW)
    assert wild.delete_tenant("t") == 1
    assert plain.read("t", VIEW, ["u"]).fresh[0]


def test_a_row_of_another_shape_is_absent(online: OnlineStore, store: redis.Redis) -> None:
    online.write("t", VIEW, "u", row(1), NOW)
    (key,) = store.keys("*")
    store.set(key, b"short")
    assert not online.read("t", VIEW, ["u"]).fresh.any()
    assert online.write("t", VIEW, "u", row(2), NOW)


def test_what_cannot_be_stored_is_refused(online: OnlineStore) -> None:
    with pytest.raises(KeyError, match="clics"):
        online.write("t", VIEW, "u", {"clics": 1.0}, NOW)
    with pytest.raises(ValueError, match="no time zone"):
        online.write("t", VIEW, "u", row(1), datetime.fromtimestamp(NOW, UTC).replace(tzinfo=None))
    with pytest.raises(ValueError, match="shape"):
        online.write_many("t", VIEW, ["u"], np.zeros((1, 3)), [NOW])
    online.write("t", VIEW, "u", {"opens": 4.0}, NOW)
    np.testing.assert_array_equal(online.read("t", VIEW, ["u"]).values, np.float32([[np.nan, 4]]))


def history(records: list[tuple[str, str, float, float]]) -> pa.Table:
    """Rows (tenant, user, seconds before NOW, clicks)."""
    times = [datetime.fromtimestamp(NOW - before, UTC) for _, _, before, _ in records]
    return pa.table(
        {
            "tenant": [tenant for tenant, *_ in records],
            "user_id": [user for _, user, *_ in records],
            "event_time": pa.array(times, pa.timestamp("us", "UTC")),
            "clicks": [clicks for *_, clicks in records],
            "opens": [0.0] * len(records),
        }
    )


def test_materialising_serves_what_training_sees(online: OnlineStore, tmp_path: Path) -> None:
    offline, moment = OfflineStore(tmp_path), datetime.fromtimestamp(NOW, UTC)
    records = [("t", f"u{user}", (user * 13 + age) % 150, user + age) for user in range(40) for age in (0, 31, 77)]
    offline.write(VIEW, history([*records, ("other", "u1", 1.0, -1.0)]), moment - timedelta(minutes=5))
    offline.write(VIEW, history([("t", "u1", 0.5, 999.0)]), moment + timedelta(minutes=5))  # not known yet
    assert materialise(VIEW, offline, online, moment) > 20
    users = [f"u{user}" for user in range(41)]
    check = compare(VIEW, "t", users, offline.read(VIEW), online)
    assert (check.compared, check.mismatches, check.rate) == (82, (), 1.0)


def test_materialising_does_not_undo_a_newer_streamed_value(online: OnlineStore, tmp_path: Path) -> None:
    offline, moment = OfflineStore(tmp_path), datetime.fromtimestamp(NOW, UTC)
    offline.write(VIEW, history([("t", "u", 10.0, 1.0)]), moment - timedelta(seconds=5))
    online.write("t", VIEW, "u", row(2), NOW - 1)
    assert materialise(VIEW, offline, online, moment) == 0
    assert online.read("t", VIEW, ["u"]).values[0, 0] == 2.0


def test_skew_is_found_and_named(online: OnlineStore) -> None:
    online.write("t", VIEW, "u", row(5), NOW)
    check = compare(VIEW, "t", ["u", "v"], history([("t", "u", 0.0, 6.0), ("t", "v", 0.0, 1.0)]), online)
    assert check.rate == 1 - 3 / 4
    assert [(found.entity_id, found.feature) for found in check.mismatches] == [
        ("u", "clicks"),
        ("v", "clicks"),
        ("v", "opens"),
    ]
    assert (check.mismatches[0].offline, check.mismatches[0].online) == (6.0, 5.0)


def test_streamed_counts_reach_both_stores_and_agree(online: OnlineStore, tmp_path: Path) -> None:
    view = FeatureView("counts", "user_id", (Feature("c10", ""), Feature("c40", "")), ttl=1000.0, owner="ranking")
    offline = OfflineStore(tmp_path)
    stream = StreamingView(view, SlidingCounts({"c10": 10.0, "c40": 40.0}, 5.0, 30.0), online, offline)
    event: Callable[[str, str, float], Event] = lambda name, user, before: Event(name, "t", user, NOW - before)  # noqa: E731
    stream.ingest([event("1", "u", 50), event("2", "u", 20), event("3", "v", 12)])
    done = stream.ingest([event("4", "u", 1), event("2", "u", 20), event("5", "u", 25), event("6", "v", 45)])
    assert (done.accepted, done.late, done.repeated) == (2, 1, 1)
    rows = online.read("t", view, ["u", "v"])
    np.testing.assert_array_equal(rows.values, [[1, 3], [1, 1]])
    np.testing.assert_allclose(rows.ages, [1, 12], atol=1e-5)
    assert compare(view, "t", ["u", "v"], offline.read(view), online).rate == 1.0
