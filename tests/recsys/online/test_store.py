"""Histories in the store: idempotent, newest first, each tenant's own, restored after a loss."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recsys.data import write_events
from recsys.events import Events
from recsys.ingest import Ingestion, encode, journalled
from recsys.journal import START, Journal, Position
from recsys.seeding import Seeder, fingerprint
from recsys.store import HISTORY_LENGTH, EventStore, StoredEvent

events = st.builds(
    StoredEvent, st.sampled_from(["acme", "globex"]), st.sampled_from(["u1", "u2"]), st.sampled_from("abcd"),
    st.sampled_from(["view", "done", "dismiss"]), st.integers(0, 50).map(float),
)  # fmt: skip


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = Journal(tmp_path / "journal" / "a")
    yield opened
    opened.close()


@given(st.lists(events, max_size=30), st.randoms())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_order_and_repetition_of_delivery_do_not_matter(store: redis.Redis, sent: list[StoredEvent], random) -> None:  # type: ignore[no-untyped-def]
    shuffled = sent * 2
    random.shuffle(shuffled)
    results = []
    for stream in (sent, shuffled):
        store.flushall()
        one = EventStore(store)
        one.apply(stream, "j", START)
        results.append([set(one.histories(tenant, ["u1"])[0]) for tenant in ("acme", "globex")])
    assert results[0] == results[1]
    expected = {(one.item, one.event) for one in sent if (one.tenant, one.user) == ("acme", "u1")}
    assert results[0][0] == expected


def test_histories_are_newest_first_and_a_late_event_stays_late(store: redis.Redis) -> None:
    one = EventStore(store)
    one.apply(
        [StoredEvent("acme", "u", item, "done", time) for item, time in (("a", 3.0), ("b", 2.0), ("c", 5.0))],
        "j",
        START,
    )
    one.apply([StoredEvent("acme", "u", "c", "done", 1.0)], "j", START)
    assert one.histories("acme", ["u", "nobody"]) == [[("c", "done"), ("a", "done"), ("b", "done")], []]
    assert one.recent_items("acme") == ["c", "a", "b"]
    assert one.histories("globex", ["u"]) == [[]]
    assert one.recent_items("globex") == []


def test_a_history_is_bounded(store: redis.Redis) -> None:
    one = EventStore(store)
    one.apply([StoredEvent("acme", "u", f"i{n}", "done", float(n)) for n in range(HISTORY_LENGTH + 5)], "j", START)
    history = one.histories("acme", ["u"])[0]
    assert len(history) == HISTORY_LENGTH
    assert history[0][0] == f"i{HISTORY_LENGTH + 4}"


def test_ingestion_goes_on_where_it_was_and_refills_a_store_that_lost_everything(
    store: redis.Redis, journal: Journal
) -> None:
    ingestion = Ingestion(journal, EventStore(store), "a")
    for number in range(3):
        journal.append([encode(StoredEvent("acme", "u", f"i{number}", "done", float(number)))]).result(10)
    assert ingestion.step() == 3
    assert ingestion.step() == 0
    assert EventStore(store).applied("a") == journal.end
    assert Ingestion(journal, EventStore(store), "a").step() == 0
    store.flushall()
    assert ingestion.step() == 3
    assert len(EventStore(store).histories("acme", ["u"])[0]) == 3


def test_a_record_of_another_shape_is_passed_over(store: redis.Redis, journal: Journal, tmp_path: Path) -> None:
    sound = StoredEvent("acme", "u", "i", "done", 1.0)
    journal.append([b"[]", b"not json", encode(sound)]).result(10)
    assert Ingestion(journal, EventStore(store), "a").step() == 1
    assert len(journalled(tmp_path / "journal")) == 1


def test_seeding_fills_what_is_absent_and_never_undoes_what_is_newer(store: redis.Redis, tmp_path: Path) -> None:
    path = tmp_path / "events.parquet"
    write_events(Events.from_rows([("acme", "u", "a", "done", 1.0), ("globex", "u", "b", "view", 2.0)]), path)
    one = EventStore(store)
    one.apply([StoredEvent("acme", "u", "a", "done", 9.0)], "j", Position(1, 1))
    seeder = Seeder(path, one)
    seeder.seed(["acme", "globex"])
    assert one.histories("acme", ["u"]) == [[("a", "done")]]
    assert one.histories("globex", ["u"]) == [[("b", "view")]]
    assert store.zscore("recsys:history:acme:u", "done|a") == 9.0
    store.delete("recsys:history:globex:u", "recsys:packed:globex:u")
    seeder.seed(["globex"])
    assert one.histories("globex", ["u"]) == [[]], "seeded already"
    store.flushall()
    seeder.seed(["globex"])
    assert one.histories("globex", ["u"]) == [[("b", "view")]]


def test_the_same_events_in_another_place_are_not_seeded_twice(store: redis.Redis, tmp_path: Path) -> None:
    path, copy = tmp_path / "events.parquet", tmp_path / "elsewhere.parquet"
    write_events(Events.from_rows([("acme", "u", "a", "done", 1.0)]), path)
    Seeder(path, EventStore(store)).seed(["acme"])
    store.delete("recsys:history:acme:u", "recsys:packed:acme:u")
    copy.write_bytes(path.read_bytes())
    Seeder(copy, EventStore(store)).seed(["acme"])
    assert EventStore(store).histories("acme", ["u"]) == [[]]
    write_events(Events.from_rows([("acme", "u", "b", "done", 1.0)]), copy)
    Seeder(copy, EventStore(store)).seed(["acme"])
    assert EventStore(store).histories("acme", ["u"]) == [[("b", "done")]]


def test_generated_events_are_never_put_among_real_ones(store: redis.Redis, tmp_path: Path) -> None:
    path, generated = tmp_path / "events.parquet", tmp_path / "generated"
    write_events(Events.from_rows([("acme", "u", "a", "done", 1.0), ("globex", "u", "b", "done", 1.0)]), path)
    generated.write_text(fingerprint(path))
    one = EventStore(store)
    one.apply([StoredEvent("acme", "anna", "x", "open", 9.0)], "j", Position(1, 1))
    seeder = Seeder(path, one, generated)
    seeder.seed(["acme", "globex"])
    assert one.histories("acme", ["u", "anna"]) == [[], [("x", "open")]]
    assert one.histories("globex", ["u"]) == [[("b", "done")]], "a tenant of whom there is nothing gets them"
    write_events(Events.from_rows([("acme", "u", "c", "done", 1.0)]), path)
    seeder.seed(["acme"])
    assert one.histories("acme", ["u"]) == [[("c", "done")]], "real events in the same place are seeded"


@pytest.mark.parametrize("items", [["board:1", "doc:2"], ["board:1", "a|b", "|", "c|"]])
def test_an_item_may_have_a_bar_in_its_name(store: redis.Redis, items: list[str]) -> None:
    events = [StoredEvent("acme", "u", item, "open", 10.0 - place) for place, item in enumerate(items)]
    EventStore(store).apply(events, "j", Position(1, 1))
    assert EventStore(store).histories("acme", ["u"]) == [[(item, "open") for item in items]]


@given(st.lists(events, max_size=30))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_read_is_what_the_sorted_set_says(store: redis.Redis, sent: list[StoredEvent]) -> None:
    store.flushall()
    one = EventStore(store)
    for event in sent:
        one.apply([event], "j", START)
    members = [member.decode().partition("|") for member in store.zrevrange("recsys:history:acme:u1", 0, -1)]
    assert one.histories("acme", ["u1"]) == [[(item, event) for event, _, item in members]]


def test_a_history_that_did_not_change_is_not_taken_apart_again(store: redis.Redis) -> None:
    one = EventStore(store)
    one.apply([StoredEvent("acme", user, "a", "done", 1.0) for user in ("u", "v")], "j", START)
    before, again = one.histories("acme", ["u"])[0], one.histories("acme", ["u"])[0]
    assert before is again
    one.apply([StoredEvent("acme", "u", "b", "view", 2.0)], "j", START)
    assert one.histories("acme", ["u", "v"]) == [[("b", "view"), ("a", "done")], [("a", "done")]]


def test_a_store_of_an_older_layout_is_filled_again(store: redis.Redis, journal: Journal) -> None:
    journal.append([encode(StoredEvent("acme", "u", "a", "done", 1.0))]).result(10)
    store.zadd("recsys:history:acme:u", {"view|z": 0.5})
    store.set("recsys:applied:a", "1:9999")
    assert Ingestion(journal, EventStore(store), "a").step() == 1
    assert EventStore(store).histories("acme", ["u"]) == [[("a", "done"), ("z", "view")]]
