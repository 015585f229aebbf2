"""Step 1: a PSI that is finite where a bin is empty, and has no preferred side."""

import math

import pytest

from recsys.drift.statistics import psi, shares

BEFORE, NOW = [120, 90, 100, 40], [80, 110, 95, 65]
EMPTY, MOVED = [50, 30, 20, 0], [40, 0, 30, 30]
# scipy.stats.entropy(p, q) + scipy.stats.entropy(q, p) of the counts, 0.5 added to each (SciPy 1.17)
PSI, PSI_EMPTY = 0.09205362999592692, 2.478746700458597


def refused(call, *arguments):
    try:
        call(*arguments)
    except ValueError:
        return True
    return False


def test_shares_add_up():
    p, q = shares(BEFORE, NOW)
    sums = round(float(sum(p)), 12), round(float(sum(q)), 12)
    assert sums == (1.0, 1.0), "sums of both rows of shares: smoothing comes before the division"
    assert len(p) == 4, "bins left of four that are filled"


def test_half_an_observation_is_added_to_each_count():
    p, q = shares([9, 0], [4, 5])
    assert [round(float(share), 12) for share in p] == [0.95, 0.05], (
        "shares([9, 0], [4, 5]), first row: (count + 0.5) / 10"
    )
    assert [round(float(share), 12) for share in q] == [0.45, 0.55], "the second row is smoothed like the first"


def test_bins_that_nobody_fills_say_nothing():
    p, _ = shares([5, 0, 5], [4, 0, 6])
    assert len(p) == 2, "bins left of [5, 0, 5] and [4, 0, 6]: one that is empty in both would only dilute"


def test_equal_shares_have_no_distance():
    assert psi(BEFORE, BEFORE) == pytest.approx(0, abs=1e-12), "psi of counts with themselves"


def test_the_value():
    assert psi(BEFORE, NOW) == pytest.approx(PSI, abs=1e-12), f"psi({BEFORE}, {NOW})"


def test_an_empty_bin():
    got = psi(EMPTY, MOVED)
    assert math.isfinite(got), f"psi({EMPTY}, {MOVED}) is to be finite: the reference has an empty bin, so has the day"
    assert got == pytest.approx(PSI_EMPTY, abs=1e-12), f"psi({EMPTY}, {MOVED})"


def test_both_directions_are_equal():
    there, back = psi(EMPTY, MOVED), psi(MOVED, EMPTY)
    assert there == pytest.approx(back, abs=1e-12), "psi(a, b) against psi(b, a): it is the symmetrised KL divergence"


def test_without_smoothing_it_is_infinite():
    assert psi([5, 0], [3, 2], 0.0) == math.inf, "psi([5, 0], [3, 2], prior=0): say so rather than guess"


@pytest.mark.parametrize(
    ("before", "now", "why"), [([5, -1], [3, 2], "a negative count"), ([0, 0], [3, 2], "no count at all")]
)
def test_what_is_no_sample(before, now, why):
    assert refused(psi, before, now), f"psi({before}, {now}) is to raise ValueError: {why}"
