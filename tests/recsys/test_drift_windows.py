"""Profiles and windows: the same counts one by one, at once, or merged; the binned distance within its bound."""

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from recsys.drift import ReferenceProfile, RollingWindow, Window, compare, ks, psi

RNG = np.random.default_rng(2)
REFERENCE: dict[str, Any] = {
    "clicks": RNG.poisson(3, 5000),
    "dwell": np.where(RNG.random(5000) < 0.1, np.nan, RNG.lognormal(size=5000)),
    "constant": np.full(5000, 5.0),
    "plan": RNG.choice(["free", "basic", "pro"], 5000, p=[0.6, 0.3, 0.1]),
}
PROFILE = ReferenceProfile.fit(REFERENCE)
NUMBERS = st.one_of(st.none(), st.floats(-10, 50, width=32), st.just(math.nan))
ROWS = st.fixed_dictionaries(
    {},
    optional={
        "clicks": NUMBERS,
        "dwell": NUMBERS,
        "constant": NUMBERS,
        "plan": st.sampled_from(["free", "pro", "enterprise", None]),
    },
)


def window(rows: list[dict[str, Any]]) -> Window:
    """A window that has seen `rows` one after the other."""
    filled = Window(PROFILE)
    for row in rows:
        filled.update(row)
    return filled


@settings(deadline=None)
@given(st.lists(ROWS, max_size=20), st.lists(ROWS, max_size=20))
def test_merging_windows_gives_the_window_of_all_rows(one: list[dict[str, Any]], other: list[dict[str, Any]]) -> None:
    merged = window(one)
    merged.merge(window(other))
    assert merged.scores(PROFILE) == window(one + other).scores(PROFILE)
    backwards = window(other)
    backwards.merge(window(one))
    assert backwards.scores(PROFILE) == merged.scores(PROFILE)


@settings(deadline=None)
@given(st.lists(ROWS, min_size=1, max_size=20))
def test_a_batch_counts_as_its_rows_do(rows: list[dict[str, Any]]) -> None:
    batch = Window(PROFILE)
    columns: dict[str, Any] = {name: np.array([row.get(name) for row in rows], float) for name in list(REFERENCE)[:3]}
    batch.update_many({**columns, "plan": [row.get("plan") for row in rows]})
    assert batch.scores(PROFILE) == window(rows).scores(PROFILE)


def test_unchanged_data_score_low_and_each_kind_of_change_is_seen() -> None:
    same = Window(PROFILE)
    same.update_many(REFERENCE)
    assert all(drift.psi < 1e-9 and drift.p_value > 0.999 for drift in same.scores(PROFILE))
    changed = Window(PROFILE)
    changed.update_many(
        {
            "clicks": RNG.poisson(5, 2000),
            "dwell": np.full(2000, np.nan),
            "constant": np.full(2000, 3.0),
            "plan": ["enterprise"] * 2000,
        }
    )
    scores = {drift.feature: drift for drift in changed.scores(PROFILE)}
    assert all(scores[name].psi > 0.25 and scores[name].p_value < 1e-6 for name in ("clicks", "constant", "plan"))
    assert (scores["dwell"].psi, scores["dwell"].missing) == (0.0, 1.0)
    assert scores["dwell"].reference_missing == pytest.approx(0.1, abs=0.02)
    assert scores["plan"].ks is None


@pytest.mark.parametrize("shift", [0.0, 0.1, 2.0])
def test_the_binned_distance_is_below_the_exact_one_by_a_bin_at_most(shift: float) -> None:
    rng = np.random.default_rng(8)
    reference, current = rng.normal(size=20_000), rng.normal(shift, 1.2, size=10_000)
    profile = ReferenceProfile.fit({"x": reference})
    live = Window(profile)
    live.update_many({"x": current})
    (drift,) = live.scores(profile)
    exact = stats.ks_2samp(reference, current).statistic
    assert drift.ks is not None
    assert exact - 0.0101 <= drift.ks <= exact + 1e-12


def test_groups_are_the_deciles_of_the_reference() -> None:
    reference = RNG.normal(size=10_000)
    profile = ReferenceProfile.fit({"x": reference}).features["x"]
    grouped = profile.grouped(profile.counts)
    assert grouped[0] == 0  # below everything seen
    np.testing.assert_allclose(grouped[1:], 1000, atol=1)
    current = RNG.normal(0.5, size=4000)
    edges = [-np.inf, *np.sort(reference)[np.arange(1, 10) * 1000], np.inf]
    by_numpy = [np.histogram(values, bins=edges)[0] for values in (reference, current)]
    counts, _ = profile.count(current)
    assert psi(grouped, profile.grouped(counts)) == pytest.approx(psi(*by_numpy), rel=0.02)


def test_a_profile_survives_json_and_refuses_what_is_none() -> None:
    again = ReferenceProfile.from_json(PROFILE.to_json())
    assert again == PROFILE
    assert again.fingerprint == PROFILE.fingerprint
    assert len(PROFILE.to_json()) < 10_000
    for text in ["[]", "{}x", '{"a": {"kind": "numeric"}}', '{"a": {"kind": "magic"}}', json.dumps({"a": 1})]:
        with pytest.raises(ValueError, match=r"no reference profile|Extra data|JSON"):
            ReferenceProfile.from_json(text)


def test_windows_of_different_profiles_do_not_mix() -> None:
    other = ReferenceProfile.fit({"clicks": [1, 2, 3]})
    with pytest.raises(ValueError, match="same reference profile"):
        Window(PROFILE).merge(Window(other))
    with pytest.raises(ValueError, match="another reference profile"):
        Window(PROFILE).scores(other)


def test_columns_that_have_no_profile_are_refused() -> None:
    with pytest.raises(ValueError, match="without one known value"):
        ReferenceProfile.fit({"x": [np.nan]})
    with pytest.raises(ValueError, match="infinite"):
        ReferenceProfile.fit({"x": [1.0, np.inf]})
    with pytest.raises(ValueError, match="one length"):
        Window(PROFILE).update_many({"clicks": [1], "dwell": [1, 2]})


def test_a_rolling_window_forgets_what_is_older_than_its_length() -> None:
    now = [0.0]
    rolling = RollingWindow(PROFILE, length=60, slots=6, clock=lambda: now[0])
    for second in range(0, 200, 5):
        now[0] = float(second)
        rolling.update({"clicks": 3})
    assert 12 <= rolling.window().rows <= 14
    now[0] = 1000.0
    assert rolling.window().rows == 0


def test_the_batch_check_is_exact() -> None:
    rng = np.random.default_rng(4)
    current = {**REFERENCE, "dwell": rng.lognormal(0.2, size=3000), "clicks": rng.poisson(3, 3000)}
    scores = {drift.feature: drift for drift in compare(REFERENCE, current)}
    for name in ("dwell", "clicks"):
        before = REFERENCE[name][~np.isnan(REFERENCE[name].astype(float))]
        expected = stats.ks_2samp(before, current[name], method="asymp")
        assert scores[name].ks == pytest.approx(expected.statistic, abs=1e-12)
        assert scores[name].p_value == pytest.approx(expected.pvalue, abs=1e-9)
    assert scores["plan"].psi == 0.0
    assert ks([1], [1])[1] == 1.0
    with pytest.raises(KeyError, match="plan"):
        compare(REFERENCE, {"clicks": [1], "dwell": [1], "constant": [1]})


@pytest.mark.parametrize("rows", [50, 200, 1000, 5000])
def test_unchanged_traffic_is_significant_as_often_as_it_may_be(rows: int) -> None:
    """Also where one value in twenty thousand lies below the reference's minimum, a group that is nearly empty."""
    rng = np.random.default_rng(8)
    profile = ReferenceProfile.fit({"x": rng.random(20_000)})
    p_values = []
    for _ in range(1000):
        day = Window(profile)
        day.update_many({"x": rng.random(rows)})
        p_values.append(day.scores(profile)[0].p_value)
    assert 0.03 < float(np.mean(np.array(p_values) < 0.05)) < 0.07
