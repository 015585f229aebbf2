"""Step 2: for each labelled moment the latest features of the past; never a row of the future."""

from datetime import timedelta

import numpy as np
import pytest

from recsys.features import point_in_time_join


def written_out(asked, rows, ttl):
    """The rule, a row at a time: the latest row of the same tenant and user, not after the moment, not too old."""
    found = []
    for tenant, user, moment, *_ in asked:
        best = None
        for row in rows:
            same = row[0] == tenant and row[1] == user
            if same and row[2] <= moment and (best is None or row[2] >= best[2]):
                best = row
        fresh = best is not None and (moment - best[2]).total_seconds() <= ttl
        found.append(best[3] if fresh else None)
    return found


@pytest.fixture
def join(make_view, table, numbers):
    """Values of opens_7d for rows (tenant, user, moment)."""

    def joined(asked, rows, **otherwise):
        found = point_in_time_join(table(asked), [(make_view(**otherwise), table(rows))])
        return numbers(found["user_activity__opens_7d"])

    return joined


def test_the_latest_of_the_past(join, at):
    rows = [("acme", "ann", at(-3), 3, 0), ("acme", "ann", at(-1), 5, 0), ("acme", "ann", at(2), 9, 0)]
    got = join([("acme", "ann", at(1.5))], rows)
    assert got == [5], "rows of 09:00 (3), 11:00 (5) and 14:00 (9), a label of 13:30"


def test_never_the_future(join, at):
    got = join([("acme", "ann", at(0))], [("acme", "ann", at(0, seconds=1), 9, 0)])
    assert got == [None], "the only row is of one second after the label"


def test_the_same_moment_counts(join, at):
    got = join([("acme", "ann", at(0))], [("acme", "ann", at(-1), 4, 0), ("acme", "ann", at(0), 9, 0)])
    assert got == [9], "a row of exactly the label's moment is not after it"


def test_of_equal_times_the_last_row(join, at):
    got = join([("acme", "ann", at(0))], [("acme", "ann", at(-1), 4, 0), ("acme", "ann", at(-1), 6, 0)])
    assert got == [6], "two rows of 11:00: the one that stands later in the frame"


def test_nobody_elses(join, at):
    rows = [("acme", "ann", at(-2), 1, 0), ("acme", "bob", at(-1), 2, 0), ("globex", "ann", at(-1), 3, 0)]
    asked = [("acme", "ann", at(0)), ("globex", "bob", at(0)), ("globex", "ann", at(0)), ("acme", "bob", at(0))]
    assert join(asked, rows) == [1, None, 3, 2], "acme's ann, globex's bob (of whom nothing is known), ann, acme's bob"


def test_too_old_is_unknown(join, at):
    rows = [("acme", "ann", at(-24), 4, 0)]
    assert join([("acme", "ann", at(0))], rows) == [4], "exactly 24 h old, ttl 24 h: as `is_fresh` has it"
    assert join([("acme", "ann", at(0, seconds=1))], rows) == [None], "a second more"
    said = "the age counts from the label's moment and not from today"
    assert join([("acme", "ann", at(-20))], rows, ttl=5 * 3600.0) == [4], said


def test_every_row_comes_back_in_its_place(make_view, table, at):
    asked = [("acme", f"u{n}", at(-n)) for n in (3, 1, 4, 1, 5, 9, 2, 6)]
    found = point_in_time_join(table(asked), [(make_view(), table([("acme", "u4", at(-5), 7, 0)]))])
    assert found.num_rows == len(asked), "rows that come back: who has no features is still somebody to learn from"
    assert found["user"].to_pylist() == [user for _, user, _ in asked], (
        "the users, in the order in which they were asked"
    )
    assert found["user_activity__opens_7d"].null_count == 7, "rows of eight without features"


def test_no_features_at_all(join, at):
    assert join([("acme", "ann", at(0))], []) == [None], "an empty frame"


def test_several_views_at_once(make_view, table, at, numbers):
    daily, hourly = make_view(), make_view(name="user_hourly", ttl=3600.0)
    rows = table([("acme", "ann", at(-2), 5, 6)])
    found = point_in_time_join(table([("acme", "ann", at(0))]), [(daily, rows), (hourly, rows)])
    got = [numbers(found[name])[0] for name in ("user_activity__opens_7d", "user_activity__done_7d")]
    assert got == [5, 6], "both features of the view that lives 24 h"
    assert numbers(found["user_hourly__opens_7d"]) == [None], "the view that lives an hour, from the same rows"


@pytest.mark.parametrize("seed", range(5))
def test_against_the_rule_written_out(join, at, seed):
    random = np.random.default_rng(seed)

    def drawn(count):
        return [
            (str(random.choice(["acme", "globex"])), f"u{random.integers(4)}", at(0) + timedelta(minutes=int(minute)))
            for minute in random.integers(0, 600, count)
        ]

    rows = [(*row, number, 0) for number, row in enumerate(drawn(150))]
    asked = drawn(100)
    said = "values of 100 labels from 150 rows of two tenants' four users, ttl 1 h; the rule, applied a row at a time"
    assert join(asked, rows, ttl=3600.0) == written_out(asked, rows, 3600.0), said
