"""Step 2: data that are not fit to train on are named, fault by fault."""

import math

import numpy as np
import pytest

from recsys.drift.quality import ColumnRule, Expectations
from recsys.rollout.validation import TrainingRules, validate

NOW = 1_000_000.0
RULES = TrainingRules(
    Expectations(rows=3, age=3600, columns={"rating": ColumnRule(0, 5, missing=0.1, outside=0.0)}),
    ids=("user", "timestamp"),
    time="timestamp",
)


def table(**changes):
    columns = {
        "user": ["a", "b", "c", "d"],
        "rating": [1.0, 5.0, 0.0, 3.0],
        "timestamp": [NOW - 60, NOW - 50, NOW - 40, NOW - 30],
    }
    return {name: np.array(values) for name, values in (columns | changes).items()}


def problems(data, rows_before=None):
    return validate(data, RULES, now=NOW, rows_before=rows_before)


def only(found, words, done):
    """One problem, which says the words."""
    assert len(found) == 1, f"{done}: how many problems there are, of {found}"
    assert words in found[0], f"{done}: `{words}` is to be in the problem, which says `{found[0]}`"


def test_sound_data_pass():
    assert problems(table(), rows_before=4) == [], "four sound rows, as many as last time"
    assert problems(table()) == [], "four sound rows of a first run"


def test_a_column_that_is_not_there():
    data = table()
    del data["rating"]
    only(problems(data), "rating", "the column rating is missing")


def test_columns_of_different_length():
    only(problems(table(user=["a"])), "length", "user has one value, the other columns have four")


@pytest.mark.parametrize(
    ("changes", "words", "done"),
    [
        ({"rating": [1.0, math.nan, 0.0, 3.0]}, "rating", "a quarter of rating is missing, a tenth may be"),
        ({"rating": [1.0, 5.0, 0.0, 50.0]}, "rating", "a rating of 50, where 0 to 5 is the range"),
        ({"timestamp": [NOW - 9000 - i for i in range(4)]}, "old", "the newest row is 9000 s old, 3600 s are allowed"),
    ],
)
def test_what_the_quality_gate_sees(changes, words, done):
    only(problems(table(**changes)), words, done)


def test_too_few_rows():
    data = {name: values[:2] for name, values in table().items()}
    only(problems(data), "2 rows", "2 rows, 3 at least are expected")


def test_no_rows_at_all_are_a_problem_and_no_crash():
    found = problems({name: values[:0] for name, values in table().items()})
    assert any("0 rows" in each for each in found), f"an empty table: a problem says `0 rows`; there are {found}"


def test_rows_from_the_future():
    only(problems(table(timestamp=[NOW - 5, NOW + 1, NOW + 2, NOW + 3])), "future", "3 of 4 rows come from the future")


@pytest.mark.parametrize("user", ["", None])
def test_rows_without_an_id(user):
    only(problems(table(user=["a", user, "c", "d"])), "user", f"one row has the user {user!r}")


def test_rows_that_repeat():
    data = table(user=["a"] * 4, timestamp=[NOW - 9, NOW - 9, NOW - 9, NOW - 1])
    only(problems(data), "2 rows repeat", "three rows with the same user and time: two of them repeat another")


def test_a_few_repeated_rows_are_a_retry():
    users = [f"u{i}" for i in range(199)]
    data = table(user=[*users, "u0"], rating=[float(i % 5) for i in range(200)], timestamp=[NOW - 5] * 200)
    assert problems(data) == [], "1 of 200 rows repeats another, 1 % may: a client that sent twice is no incident"


@pytest.mark.parametrize("before", [2, 9])
def test_a_job_that_ran_twice_or_not_at_all(before):
    only(problems(table(), rows_before=before), f"{before} last time", f"4 rows now, {before} last time")


def test_every_fault_is_told_at_once():
    data = table(rating=[1.0, math.nan, 0.0, 3.0], user=["a", "", "c", "d"])
    assert len(problems(data, rows_before=9)) == 3, "missing ratings, a row without user, half the rows: problems told"
