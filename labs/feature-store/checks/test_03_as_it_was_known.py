"""Step 3: what was written later did not exist: neither a correction nor a backfill reaches into the past."""

from datetime import timedelta

import numpy as np
import pytest

from recsys.features import point_in_time_join


@pytest.fixture
def join(make_view, table, numbers):
    def joined(asked, rows, written, **otherwise):
        found = point_in_time_join(table(asked), [(make_view(**otherwise), table(rows, written))])
        return numbers(found["user_activity__opens_7d"])

    return joined


def test_a_row_written_after_the_label(join, at):
    rows = [("acme", "ann", at(-3), 3, 0), ("acme", "ann", at(-1), 5, 0)]
    got = join([("acme", "ann", at(0))], rows, [at(-3), at(4)])
    assert got == [3], "the row of 11:00 was written at 16:00; at noon nobody could know it, so the one of 09:00 stands"


def test_a_correction(join, at):
    rows = [("acme", "ann", at(-1), 5, 0), ("acme", "ann", at(-1), 8, 0)]
    written = [at(-1), at(2)]
    got = join([("acme", "ann", at(0)), ("acme", "ann", at(3))], rows, written)
    assert got == [5, 8], "11:00 said 5, corrected at 14:00 to 8: labels of 12:00 and of 15:00"
    turned = join([("acme", "ann", at(0)), ("acme", "ann", at(3))], rows[::-1], written[::-1])
    assert turned == [5, 8], "the same, with the correction first in the frame"


def test_many_corrections(join, at):
    rows = [("acme", "ann", at(-1), value, 0) for value in range(6)]
    written = [at(hours) for hours in (-1, 1, 2, 3, 4, 5)]
    got = join([("acme", "ann", at(hours + 0.5)) for hours in (-1, 0, 2, 5)], rows, written)
    assert got == [0, 0, 2, 5], "one event, corrected hourly from 13:00 on: labels of 11:30, 12:30, 14:30, 17:30"


def test_a_backfill_is_known_from_its_writing_on(join, at):
    rows = [("acme", "ann", at(-5), 4, 0)]
    got = join([("acme", "ann", at(0)), ("acme", "ann", at(10))], rows, [at(8)])
    assert got == [None, 4], "history computed at 20:00: labels of 12:00 and of 22:00"


def test_stepping_back_stays_with_the_entity(join, at):
    rows = [("acme", "ann", at(-3), 1, 0), ("acme", "bob", at(-2), 2, 0)]
    got = join([("acme", "bob", at(0))], rows, [at(-3), at(5)])
    assert got == [None], "bob's only row was written too late; the one before it in the order is ann's"


@pytest.mark.parametrize("seed", range(4))
def test_against_the_rule_written_out(join, at, seed):
    random = np.random.default_rng(seed)
    rows, written = [], []
    for number in range(120):
        happened = at(0) + timedelta(minutes=int(random.integers(0, 300)))
        rows.append(("acme", f"u{random.integers(3)}", happened, number, 0))
        written.append(happened + timedelta(minutes=int(random.integers(0, 200)), seconds=number))
    asked = [
        ("acme", f"u{random.integers(3)}", at(0) + timedelta(minutes=int(random.integers(0, 500)))) for _ in range(80)
    ]
    wanted = []
    for _, user, moment in asked:
        known = [
            (row[2], made, row[3])
            for row, made in zip(rows, written, strict=True)
            if row[1] == user and row[2] <= moment and made <= moment
        ]
        wanted.append(max(known)[2] if known else None)
    said = "80 labels, 120 rows written up to 200 min after their event; the rule, applied a row at a time"
    assert join(asked, rows, written) == wanted, said
