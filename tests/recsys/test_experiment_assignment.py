"""Assignment: sticky, uniform, independent between experiments, and stable while a ramp grows."""

import subprocess
import sys
import zlib
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from xxhash import xxh3_64_intdigest

from recsys.experiment import Assignment, Experiment, Slice, assign, check_layers, unit_of
from recsys.experiment.definition import BUCKETS

HALVES = {"control": 0.5, "treatment": 0.5}
UNITS = [f"user-{i}" for i in range(20_000)]
SERVICE = Path(__file__).resolve().parents[2] / "labs" / "recsys"

unit_ids = st.text(max_size=40)
weights = st.lists(st.floats(0.01, 100), min_size=2, max_size=5)


def variants(experiment: Experiment, units: list[str] = UNITS) -> list[str | None]:
    return [assign(experiment, unit).variant for unit in units]


@given(unit_ids, st.floats(0, 1), st.floats(0, 1), weights)
def test_a_larger_ramp_never_moves_a_unit(unit: str, one: float, other: float, shares: list[float]) -> None:
    named = {f"v{i}": share for i, share in enumerate(shares)}
    small = assign(Experiment("e", named, ramp=min(one, other)), unit)
    large = assign(Experiment("e", named, ramp=max(one, other)), unit)
    assert small.variant in (None, large.variant)


@given(unit_ids, weights)
def test_a_full_ramp_leaves_nobody_out(unit: str, shares: list[float]) -> None:
    assert assign(Experiment("e", {f"v{i}": share for i, share in enumerate(shares)}), unit).variant is not None


@given(unit_ids, st.floats(0, 1), st.floats(0, 1))
def test_a_larger_holdout_contains_the_smaller_one(unit: str, one: float, other: float) -> None:
    small = assign(Experiment("a", HALVES, holdout=min(one, other)), unit)
    large = assign(Experiment("b", HALVES, holdout=max(one, other)), unit)
    assert small.reason != "holdout" or large.reason == "holdout"


def test_another_process_gives_the_same_answer() -> None:
    code = (
        "from recsys.experiment import Experiment, assign;"
        "e = Experiment('sticky', {'a': 1, 'b': 2}, holdout=0.1, ramp=0.7);"
        "print([assign(e, f'u{i}').variant for i in range(200)])"
    )
    other = subprocess.run([sys.executable, "-c", code], cwd=SERVICE, capture_output=True, text=True, check=True)
    experiment = Experiment("sticky", {"a": 1, "b": 2}, holdout=0.1, ramp=0.7)
    assert other.stdout.strip() == str([assign(experiment, f"u{i}").variant for i in range(200)])


@pytest.mark.parametrize("ids", [UNITS, [str(i) for i in range(20_000)], [f"{i:032x}" for i in range(20_000)]])
def test_shares_come_out_as_planned(ids: list[str]) -> None:
    counts = Counter(variants(Experiment("shares", {"a": 90, "b": 9, "c": 1}), ids))
    observed = [counts[v] for v in "abc"]
    assert stats.chisquare(observed, [len(ids) * w for w in (0.90, 0.09, 0.01)]).pvalue > 0.001


@pytest.mark.parametrize("ramp", [0.0, 0.01, 0.3, 1.0])
def test_a_ramp_gives_every_variant_its_share_of_the_part(ramp: float) -> None:
    experiment = Experiment("ramped", {"a": 3, "b": 2, "c": 5}, ramp=ramp)
    buckets = Counter(outcome.variant for outcome in experiment.outcomes)
    assert [buckets[v] for v in "abc"] == [round(BUCKETS * ramp * share) for share in (0.3, 0.2, 0.5)]
    assert len(experiment.outcomes) == BUCKETS


def test_buckets_are_uniform() -> None:
    buckets = [xxh3_64_intdigest(unit.encode(), Experiment("u", HALVES).seed) % BUCKETS for unit in UNITS]
    assert stats.chisquare(np.histogram(buckets, bins=100, range=(0, BUCKETS))[0]).pvalue > 0.001


def overlap_p(one: list[str | None], other: list[str | None]) -> float:
    table = np.zeros((2, 2))
    for a, b in zip(one, other, strict=True):
        table[int(a == "treatment"), int(b == "treatment")] += 1
    return float(stats.chi2_contingency(table).pvalue)


@pytest.mark.parametrize("names", [("e1", "e2"), ("ranker-1", "ranker-2"), ("a", "b"), ("", "x")])
def test_two_experiments_are_independent(names: tuple[str, str]) -> None:
    one, other = (variants(Experiment(name, {"control": 0.9, "treatment": 0.1}, salt=f"s{name}")) for name in names)
    assert overlap_p(one, other) > 0.001


def test_the_independence_check_catches_crc32() -> None:
    """Linear: two salts shift every checksum by a constant, so that no unit is treated in both experiments."""
    groups = [
        ["treatment" if zlib.crc32(f"{salt}:{u}".encode()) / 2**32 < 0.1 else "control" for u in UNITS]
        for salt in ("e1", "e2")
    ]
    assert sum(a == b == "treatment" for a, b in zip(*groups, strict=True)) == 0
    assert overlap_p(*groups) < 1e-12


def test_the_salt_decides_and_the_name_does_not() -> None:
    assert variants(Experiment("new name", HALVES, salt="old")) == variants(Experiment("old", HALVES))
    assert variants(Experiment("old", HALVES, salt="again")) != variants(Experiment("old", HALVES))


def test_experiments_of_one_layer_share_no_unit_and_of_two_layers_do() -> None:
    first = variants(Experiment("a", HALVES, layer=Slice("ranking", 0.0, 0.5)))
    second = variants(Experiment("b", HALVES, layer=Slice("ranking", 0.5, 1.0)))
    other = variants(Experiment("c", HALVES, layer=Slice("colour", 0.0, 0.5)))
    assert all((a is None) != (b is None) for a, b in zip(first, second, strict=True))
    both = sum(a is not None and c is not None for a, c in zip(first, other, strict=True))
    assert stats.binomtest(both, len(UNITS), 0.25).pvalue > 0.001


def test_overlapping_slices_are_refused_by_name() -> None:
    one = Experiment("a", HALVES, layer=Slice("ranking", 0.0, 0.6))
    two = Experiment("b", HALVES, layer=Slice("ranking", 0.5, 1.0))
    with pytest.raises(ValueError, match="'a' and 'b' overlap in layer 'ranking'"):
        check_layers([one, two])
    check_layers([one, Experiment("b", HALVES, layer=Slice("ranking", 0.6, 1.0)), Experiment("c", HALVES)])


def test_the_holdout_is_the_same_for_all_experiments() -> None:
    held = [[a is None for a in variants(Experiment(name, HALVES, holdout=0.05))] for name in ("a", "b")]
    assert held[0] == held[1]
    assert stats.binomtest(sum(held[0]), len(UNITS), 0.05).pvalue > 0.001


def test_targeting_needs_every_attribute_with_an_allowed_value() -> None:
    experiment = Experiment("t", HALVES, targeting={"plan": {"pro", "team"}, "country": {"IL"}})
    assert assign(experiment, "u", {"plan": "pro", "country": "IL"}).reason == "assigned"
    for attributes in ({"plan": "free", "country": "IL"}, {"plan": "pro"}, {}, {"plan": ["pro"], "country": "IL"}):
        assert assign(experiment, "u", attributes) == Assignment("t", None, "targeting")


def test_users_of_one_account_stay_together_only_when_the_account_is_the_unit() -> None:
    by_account, by_user = Experiment("a", HALVES, unit="account"), Experiment("u", HALVES)
    users = [f"u{i}" for i in range(50)]
    assert len({assign(by_account, unit_of(by_account, account="acme", user=u)).variant for u in users}) == 1
    assert len({assign(by_user, unit_of(by_user, account="acme", user=u)).variant for u in users}) == 2
    assert unit_of(by_user, account="a", user="1") != unit_of(by_user, account="b", user="1")


def test_a_lone_surrogate_from_json_is_an_id_like_any_other() -> None:
    assert assign(Experiment("e", HALVES), "\ud800").variant in HALVES


@pytest.mark.parametrize(
    "arguments",
    [
        {"variants": {"control": 1.0}},
        {"variants": {"control": 1.0, "treatment": 0.0}},
        {"variants": {"control": 1.0, "treatment": float("nan")}},
        {"variants": HALVES, "ramp": 1.5},
        {"variants": HALVES, "holdout": -0.1},
    ],
)
def test_an_impossible_experiment_says_what_is_wrong(arguments: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="experiment 'e'"):
        Experiment("e", **arguments)  # type: ignore[arg-type]


def test_an_impossible_slice_says_what_is_wrong() -> None:
    with pytest.raises(ValueError, match="layer 'x'"):
        Slice("x", 0.6, 0.5)
