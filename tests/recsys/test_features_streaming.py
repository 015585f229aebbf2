"""Sliding counts against a recount of all events, in any order of arrival."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.features import Event, SlidingCounts

WINDOWS = {"events_10s": 10.0, "events_40s": 40.0}
TIMES = st.floats(0, 200).map(lambda time: round(time, 2))
EVENT = st.builds(Event, st.sampled_from("abcdefgh"), st.just("t"), st.sampled_from("uv"), TIMES)
EVENTS = st.lists(EVENT, max_size=40)


def counts() -> SlidingCounts:
    """Windows of 10 and 40 s in buckets of 5 s, events up to 30 s late."""
    return SlidingCounts(WINDOWS, bucket=5.0, lateness=30.0)


@given(EVENTS)
def test_counts_equal_a_recount_of_what_was_accepted(events: list[Event]) -> None:
    sliding, accepted, newest = counts(), [], float("-inf")
    for event in events:
        outcome = sliding.add(event)
        assert (outcome == "late") == (event.time < newest - 30.0)
        if outcome == "accepted":
            accepted.append(event)
            newest = max(newest, event.time)
    sliding.compact()
    for user in "uv":
        mine = [event.time for event in accepted if event.entity_id == user]
        for name, length in WINDOWS.items():
            start = (newest // 5 + 1) * 5 - length if mine else 0
            assert sliding.values(("t", user), newest if mine else 0)[name] == sum(time >= start for time in mine)


def test_an_event_out_of_order_counts_where_it_belongs() -> None:
    sliding = counts()
    assert sliding.add(Event("1", "t", "u", 100.0)) == "accepted"
    assert sliding.add(Event("2", "t", "u", 75.0)) == "accepted"
    assert sliding.add(Event("3", "t", "u", 69.0)) == "late"
    assert sliding.values(("t", "u"), 100.0) == {"events_10s": 1, "events_40s": 2}
    assert sliding.newest_of(("t", "u")) == 100.0


def test_a_repeated_event_counts_once_and_tenants_do_not_share_ids() -> None:
    sliding = counts()
    assert [sliding.add(Event("1", tenant, "u", 7.0)) for tenant in ("t", "t", "other")] == [
        "accepted",
        "repeated",
        "accepted",
    ]


def test_memory_is_bounded_by_windows_and_lateness() -> None:
    sliding = counts()
    for second in range(2000):
        sliding.add(Event(str(second), "t", f"u{second // 100}", float(second)))
    assert sliding.compact() == 1
    assert sum(len(ids) for ids in sliding._seen.values()) <= 36


def test_a_window_must_be_made_of_whole_buckets() -> None:
    with pytest.raises(ValueError, match="no multiple"):
        SlidingCounts({"w": 7.0}, bucket=5.0)
