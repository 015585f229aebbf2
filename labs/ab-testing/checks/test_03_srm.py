"""Step 3: did the groups come out as they were meant to?"""

import pytest

from recsys.experiment.srm import sample_ratio

HALVES = {"control": 0.5, "treatment": 0.5}


# Counts, expected counts, scipy.stats.chisquare(counts, expected).pvalue (SciPy 1.17)
SMALL = ([5020, 4980], [5000, 5000], 0.6891565167793516)
BOOK = ([821_588, 815_482], [818_535, 818_535], 1.8217928726191858e-06)  # Kohavi, Tang and Xu 2020, ch. 3: 1.8e-6
NINE_TO_ONE = ([90_400, 9_600], [90_000, 10_000], 2.482660633880463e-05)
THREE = ([5000, 3100, 1900], [5000, 3000, 2000], 0.015503853599009307)


def p_value(counts, weights=HALVES):
    return sample_ratio(counts, weights).p_value


def test_chance():
    got = p_value({"control": 5020, "treatment": 4980})
    assert got == pytest.approx(SMALL[2], abs=1e-12), "p of 5,020 and 4,980 at 50/50"


def test_a_real_mismatch():
    ratio = sample_ratio({"control": 821_588, "treatment": 815_482}, HALVES)
    assert ratio.p_value == pytest.approx(BOOK[2], rel=1e-9), "p of 821,588 and 815,482 at 50/50: a ratio of 0.993"
    assert ratio.mismatch is True, "and that is a mismatch, small as it looks"


def test_the_weights_count():
    nine = {"control": 0.9, "treatment": 0.1}
    got = p_value({"control": 90_400, "treatment": 9_600}, nine)
    assert got == pytest.approx(NINE_TO_ONE[2], rel=1e-9), "p of 90,400 and 9,600 at 90/10"
    assert p_value({"control": 90_000, "treatment": 10_000}, nine) == 1.0, "p of exactly 90,000 and 10,000 at 90/10"
    assert p_value({"control": 900, "treatment": 100}, {"control": 9, "treatment": 1}) == 1.0, (
        "weights 9 and 1 add up to 10"
    )


def test_three_variants():
    ratio = sample_ratio({"a": 5000, "b": 3100, "c": 1900}, {"a": 0.5, "b": 0.3, "c": 0.2})
    assert ratio.p_value == pytest.approx(THREE[2], abs=1e-12), "p of 5,000, 3,100, 1,900 at 50/30/20"
    assert ratio.mismatch is False, "p = 0.016 is no mismatch: the check runs on every experiment, every day"


def test_what_was_expected_is_told():
    ratio = sample_ratio({"control": 60, "treatment": 60}, {"control": 3, "treatment": 1})
    assert dict(ratio.expected) == {"control": 90.0, "treatment": 30.0}, "units expected of 120 at weights 3 and 1"
    assert dict(ratio.observed) == {"control": 60, "treatment": 60}, "units observed"


def test_a_variant_that_vanished():
    ratio = sample_ratio({"control": 10_000}, HALVES)
    assert ratio.observed.get("treatment") == 0, "units observed of a variant that nobody reported"
    assert ratio.mismatch is True, "10,000 in control, nobody in treatment"


def test_nobody_yet():
    assert p_value({}) == 1.0, "p before the first unit: no division by nothing"


def test_a_variant_that_nobody_planned():
    try:
        got = p_value({"control": 10, "treatment": 10, "ghost": 1})
    except ValueError:
        return
    assert got == "ValueError", "units in a variant that the experiment does not have"
