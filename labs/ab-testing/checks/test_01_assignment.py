"""Step 1: the same variant each time, in the shares that were asked for, independent of every other experiment."""

import itertools
import os
import subprocess
import sys
from collections import Counter

import pytest

from recsys.experiment.assignment import assign, unit_of
from recsys.experiment.definition import Experiment, Slice

HALVES = {"control": 0.5, "treatment": 0.5}
NAMES = ["ranker-a", "ranker-b", "ranker-c", "layout-x"]
ELSEWHERE = """
from recsys.experiment.assignment import assign
from recsys.experiment.definition import Experiment
one = Experiment("ranker", {"control": 0.5, "treatment": 0.5}, holdout=0.1, ramp=0.8)
print(*[assign(one, f"user-{number}").variant for number in range(200)])
"""


def counted(experiment, users, **more):
    return Counter(assign(experiment, user, **more).variant for user in users)


@pytest.fixture(scope="module")
def halves(users):
    """Users treated by each of four experiments that differ in their names alone."""
    return {name: treated(Experiment(name, HALVES), users) for name in NAMES}


def treated(experiment, users):
    return {user for user in users if assign(experiment, user).variant == "treatment"}


def out_for(reason, experiment, users):
    return {user for user in users if assign(experiment, user).reason == reason}


def test_the_split_is_the_one_asked_for(users):
    got = counted(Experiment("ranker", HALVES), users)
    # four standard deviations of a fair split: sqrt(20,000 / 4) x 4 = 283
    assert abs(got["treatment"] - 10_000) < 283, (
        f"users treated of 20,000 at 50/50 ({got['treatment']}): distance from 10,000"
    )
    got = counted(Experiment("ranker", {"control": 9, "treatment": 1}), users)
    assert abs(got["treatment"] - 2000) < 170, (
        f"users treated of 20,000 at weights 9 to 1 ({got['treatment']}): distance from 2,000"
    )
    got = counted(Experiment("ranker", {"control": 2, "b": 1, "c": 1}), users)
    assert abs(got["c"] - 5000) < 245, f"users in c of 20,000 at weights 2, 1, 1 ({got['c']}): distance from 5,000"


def test_the_same_user_gets_the_same_variant(users):
    one, again = (treated(Experiment("ranker", HALVES), users[:500]) for _ in range(2))
    assert one == again, "treated users, asked twice, with the experiment made anew in between"


def test_so_it_does_in_another_process():
    here = Experiment("ranker", HALVES, holdout=0.1, ramp=0.8)
    mine = [str(assign(here, f"user-{number}").variant) for number in range(200)]
    command, around = (
        [sys.executable, "-c", ELSEWHERE],
        {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": os.getcwd()},
    )
    theirs = subprocess.run(command, env=around, capture_output=True, text=True, check=False).stdout.split()
    differing = sum(one != other for one, other in zip(mine, theirs, strict=True)) if theirs else "no answer"
    assert differing == 0, "users of 200 whom another process (another replica, tomorrow) puts elsewhere"


@pytest.mark.parametrize("names", itertools.combinations(NAMES, 2))
def test_experiments_are_independent(names, halves):
    one, other = (halves[name] for name in names)
    both = len(one & other)
    said = f"users of 20,000 treated in both {names[0]} and {names[1]} ({both}): distance from a quarter of them"
    assert abs(both - 5000) < 4 * 61, said


def test_the_salt_decides_and_not_the_name(users):
    one = treated(Experiment("ranker", HALVES, salt="s1"), users[:1000])
    assert treated(Experiment("renamed", HALVES, salt="s1"), users[:1000]) == one, (
        "treated after a rename, the salt kept"
    )
    moved = len(treated(Experiment("ranker", HALVES, salt="s2"), users[:1000]) ^ one)
    assert abs(moved - 500) < 64, f"users of 1,000 whom a new salt moves ({moved}): distance from half of them"


def test_a_ramp_adds_and_moves_nobody(users):
    small, large = (Experiment("ranker", HALVES, ramp=ramp) for ramp in (0.1, 0.4))
    some = counted(small, users)[None]
    assert abs(some - 18_000) < 170, f"users of 20,000 left out at a ramp of 10 % ({some}): distance from 18,000"
    moved = [user for user in users if (was := assign(small, user).variant) and assign(large, user).variant != was]
    assert moved == [], "users whose variant changed when the ramp went from 10 % to 40 %"
    assert assign(small, next(iter(out_for("ramp", small, users)))).variant is None, "variant of who is left out"


def test_a_holdout_is_the_same_for_all(users):
    one, other = (out_for("holdout", Experiment(name, HALVES, holdout=0.05), users) for name in ("a", "b"))
    assert abs(len(one) - 1000) < 124, f"users of 20,000 held out at 5 % ({len(one)}): distance from 1,000"
    assert len(one ^ other) == 0, "users held out of one of two experiments only: the yardstick must be in none"


def test_within_a_layer_experiments_exclude_each_other(users):
    parts = [Slice("ranking", 0.0, 0.5), Slice("ranking", 0.5, 1.0)]
    first, second = (Experiment(f"e{part.start}", HALVES, layer=part) for part in parts)
    takes = [{user for user in users if assign(one, user).variant} for one in (first, second)]
    assert len(takes[0] & takes[1]) == 0, "users in both of two experiments that own the halves of one layer"
    assert len(takes[0] | takes[1]) == len(users), "users in one of the two, of 20,000"
    elsewhere = Experiment("x", HALVES, layer=Slice("layout", 0.0, 0.5))
    both = sum(bool(assign(elsewhere, user).variant) for user in takes[0])
    said = f"users of {len(takes[0])} in half of one layer who are in half of another too ({both}): distance from half"
    assert abs(both - len(takes[0]) / 2) < 4 * 50, said


def test_layer_and_variant_are_independent(users):
    got = counted(Experiment("e", HALVES, layer=Slice("ranking", 0.0, 0.5)), users)
    said = (
        f"users treated of {got['control'] + got['treatment']} in half a layer ({got['treatment']}): distance from half"
    )
    assert abs(got["treatment"] - (got["control"] + got["treatment"]) / 2) < 4 * 50, said


def test_targeting(users):
    one = Experiment("e", HALVES, targeting={"plan": {"team", "enterprise"}})
    assert counted(one, users[:50], attributes={"plan": "free"}) == {None: 50}, (
        "variants of users whom targeting leaves out"
    )
    assert counted(one, users[:50])[None] == 50, "users left out of whom the plan is not known"
    assert counted(one, users[:50], attributes={"plan": "team"})[None] == 0, "users left out who are targeted"
    assert assign(one, "u", {"plan": ["team"]}).reason == "targeting", (
        "reason for a plan that is a list, as JSON may have it"
    )


def test_the_unit_is_what_is_randomised():
    by_user, by_account = (Experiment("e", HALVES, unit=unit) for unit in ("user", "account"))
    assert unit_of(by_account, account="acme", user="u1") == unit_of(by_account, account="acme", user="u2"), (
        "two of one account"
    )
    assert unit_of(by_user, account="acme", user="u1") != unit_of(by_user, account="globex", user="u1"), (
        "u1 of two accounts"
    )
    assert unit_of(by_user, account="ab", user="c") != unit_of(by_user, account="a", user="bc"), "(ab, c) and (a, bc)"


def test_an_id_may_be_anything():
    for strange in ("", "ü", "\ud800", "x" * 5000):
        assert assign(Experiment("e", HALVES), strange).variant in HALVES, f"variant of the id {strange[:10]!r}"
