"""Step 7: counts that stand right however late, often or out of order the events come."""

import gc
import weakref
from collections import Counter

import numpy as np
import pytest

from recsys.features import Event, Feature, OfflineStore, SlidingCounts, StreamingView

MINUTE, HOUR = 60.0, 3600.0
START = 1_800_000_000.0 - 1_800_000_000.0 % 3600
WINDOWS = {"hour": HOUR, "day": 24 * HOUR}


def event(number, minutes, entity="board:1", tenant="acme"):
    return Event(f"e{number}", tenant, entity, START + minutes * MINUTE)


@pytest.fixture
def counts():
    return SlidingCounts(WINDOWS, bucket=300.0, lateness=HOUR)


def counted(counts, minutes, entity="board:1", tenant="acme"):
    return counts.values((tenant, entity), START + minutes * MINUTE)


def test_windows(counts):
    for number, minutes in enumerate((0, 10, 50, 58)):
        counts.add(event(number, minutes))
    assert counted(counts, 59) == {"hour": 4, "day": 4}, "at minute 59, after events at minutes 0, 10, 50, 58"
    assert counted(counts, 64) == {"hour": 3, "day": 4}, "at minute 64: the bucket of minute 0 has left the hour"
    assert counted(counts, 200) == {"hour": 0, "day": 4}, "at minute 200"
    assert counted(counts, 12) == {"hour": 2, "day": 2}, "as of minute 12: what came later does not count"


def test_each_entity_and_tenant_for_itself(counts):
    counts.add(event(1, 0))
    counts.add(event(2, 0, entity="board:2"))
    counts.add(event(3, 0, tenant="globex"))
    got = [
        counted(counts, 1, *key)["hour"] for key in (("board:1", "acme"), ("board:2", "acme"), ("board:1", "globex"))
    ]
    assert got == [1, 1, 1], "counts of acme's board:1, acme's board:2, globex's board:1"


def test_a_repeated_event_counts_once(counts):
    assert counts.add(event(1, 0)) == "accepted", "the first time"
    assert counts.add(event(1, 0)) == "repeated", "delivered again: at least once is not once"
    assert counted(counts, 1)["hour"] == 1, "the count"
    assert counts.add(event(1, 0, tenant="globex")) == "accepted", "the same id of another tenant is another event"


def test_out_of_order_is_not_late(counts):
    for number, minutes in enumerate((50, 20, 55, 5)):
        assert counts.add(event(number, minutes)) == "accepted", f"minute {minutes}, within the lateness of an hour"
    assert counted(counts, 22)["hour"] == 2, "as of minute 22: the events of minutes 5 and 20, in their own buckets"


def test_late_is_said_and_not_counted(counts):
    counts.add(event(1, 120))
    assert (counts.watermark - START) / MINUTE == 60, "minute of the watermark: an hour behind the newest event"
    assert counts.add(event(2, 59)) == "late", "an event a minute before the watermark"
    assert counts.add(event(3, 60)) == "accepted", "an event exactly at the watermark"
    assert counted(counts, 62)["hour"] == 1, "counted as of minute 62"


def test_a_late_event_does_not_pull_the_clock_back(counts):
    counts.add(event(1, 120))
    counts.add(event(2, 70))
    said = "minute of the watermark, after events of minutes 120 and then 70"
    assert (counts.watermark - START) / MINUTE == 60, said
    assert (counts.newest_of(("acme", "board:1")) - START) / MINUTE == 120, "minute of the entity's newest event"


def test_against_a_recount():
    random = np.random.default_rng(6)
    counts, accepted = SlidingCounts(WINDOWS, bucket=300.0, lateness=HOUR), []
    newest, seen, outcomes = -np.inf, set(), Counter()
    for _ in range(800):
        number, minutes = int(random.integers(500)), float(random.integers(0, 400))
        one = event(number, minutes + number % 7 / 10, entity=f"board:{number % 3}")
        wanted = "late" if one.time < newest - HOUR else "repeated" if (one.id, one.time) in seen else "accepted"
        one = Event(f"{one.id}@{one.time}", one.tenant, one.entity_id, one.time)
        outcomes[counts.add(one) == wanted] += 1
        if wanted == "accepted":
            accepted.append(one)
            seen.add((one.id.partition("@")[0], one.time))
            newest = max(newest, one.time)
    assert outcomes[False] == 0, "of 800 events out of order, late and repeated: how many were told apart wrongly"
    for entity in range(3):
        current = int(newest // 300)
        wanted = sum(
            one.entity_id == f"board:{entity}" and current - 12 < one.time // 300 <= current for one in accepted
        )
        got = counts.values(("acme", f"board:{entity}"), newest)["hour"]
        assert got == wanted, f"board:{entity} in the last hour, recounted from all accepted events"


class Name(str):
    """A text whose end can be seen."""


def test_memory_has_an_end(counts):
    names = []
    for number in range(400):
        name = Name(f"e{number}")
        counts.add(Event(name, "acme", f"board:{number}", START + 15 * number * MINUTE))
        names.append(weakref.ref(name))
        del name
    gc.collect()
    kept = sum(name() is not None for name in names)
    assert kept <= 10, "ids remembered after 100 hours with an event each quarter: those above the watermark, about"
    assert counts.compact() <= 105, "entities left after compact: those of the last 25 hours, of 400"
    assert counted(counts, 15 * 399, entity="board:399")["day"] == 1, "what windows still reach is left alone"


@pytest.fixture
def view(make_view):
    features = (Feature("hour", "in the last hour"), Feature("day", "in the last day"))
    return make_view(name="item_uses", entity="item", features=features)


def test_what_is_served_follows(view, counts, online, clock, numbers):
    clock.now = START + HOUR
    stream = StreamingView(view, counts, online)
    done = stream.ingest([event(1, 1), event(2, 59), event(2, 59), event(3, 30), event(4, 10, tenant="globex")])
    assert (done.accepted, done.late, done.repeated) == (4, 0, 1), "(accepted, late, repeated) of five events"
    rows = online.read("acme", view, ["board:1"])
    assert numbers(rows.values) == [[3, 3]], "served: uses in the last hour and day"
    assert numbers(rows.ages) == [60], "age of the row: of the newest event, though an older one came last"
    assert numbers(online.read("globex", view, ["board:1"]).values) == [[1, 1]], "globex's, for itself"


def test_a_burst_is_written_once(view, counts, online, clock, round_trips):
    clock.now = START + HOUR
    stream = StreamingView(view, counts, online)
    stream.ingest([event(0, 1)])
    round_trips.clear()
    stream.ingest([event(number, 2) for number in range(1, 60)])
    assert len(round_trips) <= 2, "how often something is sent to Redis for 59 events of one item"


def test_history_for_training_too(view, counts, online, clock, tmp_path):
    clock.now = START + HOUR
    offline = OfflineStore(tmp_path)
    stream = StreamingView(view, counts, online, offline)
    stream.ingest([event(1, 1)])
    stream.ingest([event(2, 30)])
    assert offline.read(view).sort_by("event_time")["hour"].to_pylist() == [1.0, 2.0], "history of the hour's count"
