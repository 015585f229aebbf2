"""Step 4: counts in place of values, at the same cost for every request, and windows that add up."""

import math
import tracemalloc

import pytest

from recsys.drift.profile import ReferenceProfile
from recsys.drift.windows import Window


def filled(profile, rows):
    window = Window(profile)
    for row in rows:
        window.update(row)
    return window


def told(window, profile):
    """What a window says, by feature: rows, share that is missing, PSI."""
    return {one.feature: (one.rows, round(one.missing, 6), round(one.psi, 9)) for one in window.scores(profile)}


def test_each_request_is_counted(profile, traffic, rows_of):
    window = filled(profile, rows_of(traffic(50)))
    assert window.rows == 50, "rows of a window after 50 updates"
    counted = {one.feature: one.rows for one in window.scores(profile)}
    assert counted == dict.fromkeys(profile.features, 50), "rows by feature after 50 updates"


def test_the_same_traffic_has_no_distance(profile, traffic, rows_of):
    got = told(filled(profile, rows_of(traffic(4000))), profile)
    assert {name: psi for name, (_, _, psi) in got.items()} == {"minutes": 0, "plan": 0, "score": 0}, (
        "PSI of the reference itself"
    )


def test_what_moves_is_seen_and_what_does_not_is_not(profile, traffic, rows_of):
    psi = {name: psi for name, (*_, psi) in told(filled(profile, rows_of(traffic(2000, shift=5.0))), profile).items()}
    assert psi["minutes"] > 0.25, "PSI of the session length where each session is five minutes longer"
    assert psi["score"] < 0.1, "PSI of the score, which is as ever"


@pytest.mark.parametrize("nothing", [None, math.nan, "absent"])
def test_what_has_no_value_is_missing(nothing, profile, traffic, rows_of):
    rows = rows_of(traffic(40))
    for row in rows[:10]:
        row["minutes"] = nothing
        if nothing == "absent":
            del row["minutes"]
    got = told(filled(profile, rows), profile)["minutes"][:2]
    assert got == (40, 0.25), f"(rows, share missing) of a feature that is {nothing} in 10 of 40 requests"


def test_a_batch_counts_as_its_rows_do(profile, traffic, rows_of):
    table, batch = traffic(300, 77), Window(profile)
    batch.update_many(table)
    one_by_one = filled(profile, rows_of(table))
    assert batch.rows == 300, "rows of a window after update_many of 300"
    assert told(batch, profile) == told(one_by_one, profile), "update_many against 300 updates of the same rows"


def test_a_column_that_a_batch_lacks_is_missing(profile, traffic):
    table, batch = traffic(20), Window(profile)
    del table["plan"]
    batch.update_many(table)
    assert told(batch, profile)["plan"][:2] == (20, 1.0), "(rows, share missing) of a column that is not in the batch"


def test_a_batch_has_one_length(profile):
    try:
        Window(profile).update_many({"minutes": [1.0, 2.0], "score": [0.5]})
    except ValueError:
        return
    pytest.fail("update_many of columns with two values and one is to raise ValueError")


def test_windows_add_up(profile, traffic, rows_of):
    rows = rows_of(traffic(900, shift=1.0))
    rows[3]["score"] = rows[850]["plan"] = None
    whole, part, rest = filled(profile, rows), filled(profile, rows[:800]), filled(profile, rows[800:])
    part.merge(rest)
    assert part.rows == 900, "rows of a window of 800 after one of 100 was merged into it"
    assert told(part, profile) == told(whole, profile), "800 requests merged with 100 against one window of all 900"
    assert told(rest, profile)["minutes"][0] == 100, (
        "rows of the window that was merged into another: it stays as it was"
    )
    total = Window(profile)
    total.merge(rest)
    total.update(rows[0])
    assert told(rest, profile)["minutes"][0] == 100, (
        "and it does not follow what an empty one counts that it was merged into"
    )


def test_windows_of_different_references_do_not_add_up(profile, traffic):
    other = ReferenceProfile.fit(traffic(500, 123))
    try:
        Window(profile).merge(Window(other))
    except ValueError:
        return
    pytest.fail("merging windows of two references is to raise ValueError: their bins are not the same bins")


def test_no_value_is_kept(profile, traffic, rows_of):
    window, rows = filled(profile, rows_of(traffic(500))), rows_of(traffic(5000, 500))
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for row in rows:
            window.update(row)
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert grown < 20_000, "bytes that a window grew by in 5,000 requests: counts are kept, values are not"
