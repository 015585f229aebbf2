"""Step 7: what is significant after many tests, and large, and more than noise at this size."""

import numpy as np
import pytest

from recsys.drift.alarms import alarms
from recsys.drift.score import FeatureDrift
from recsys.drift.statistics import psi, psi_threshold

TRIALS = 1000


def drift(feature, psi, p_value, rows=5000, missing=0.0):
    return FeatureDrift(feature, rows, psi, 0.0, None, p_value, missing, 0.0)


def raised(*drifts, reference_rows=100_000, **more):
    return [(alarm.feature, alarm.severity) for alarm in alarms(drifts, reference_rows, **more)]


def test_the_threshold():
    # scipy.stats.chi2.isf(level, bins - 1) * (1 / n + 1 / m) (SciPy 1.17)
    got = round(psi_threshold(10, 100, 100, 0.05), 9)
    assert got == 0.338379552, "psi_threshold(10, 100, 100, 0.05): far above the customary 0.1"
    assert round(psi_threshold(10, 1000, 500, 0.01), 9) == 0.064997983, "psi_threshold(10, 1000, 500, 0.01)"


def test_unchanged_data_stay_below_it():
    draw, even = np.random.default_rng(3), [0.1] * 10
    pairs = draw.multinomial(500, even, (TRIALS, 2))
    above = sum(psi(*pair) > psi_threshold(10, 500, 500, 0.05) for pair in pairs) / TRIALS
    assert 0.02 <= above <= 0.08, "share of 1,000 unchanged days, 500 rows each, above the threshold for 5 %"


def test_nothing_to_test():
    assert raised() == [], "alarms without any feature"


def test_large_and_significant():
    assert raised(drift("a", 0.3, 1e-6)) == [("a", "act")], "PSI 0.3, p = 1e-6, 5,000 rows"
    assert raised(drift("a", 0.15, 1e-6)) == [("a", "watch")], "PSI 0.15, p = 1e-6, 5,000 rows"
    assert raised(drift("a", 0.25, 1e-6)) == [("a", "act")], "PSI 0.25 exactly"


def test_significant_is_not_enough():
    assert raised(drift("a", 0.004, 1e-9, rows=1_000_000)) == [], (
        "PSI 0.004, p = 1e-9, a million rows: of no consequence"
    )


def test_large_is_not_enough():
    assert raised(drift("a", 0.3, 0.4, rows=60)) == [], "PSI 0.3, p = 0.4, 60 rows: noise"


def test_noise_raises_the_limit():
    few = drift("a", 0.18, 0.002, rows=120)
    assert raised(few, reference_rows=1000) == [], "PSI 0.18 of 120 rows: unchanged data reach 0.2 in 1 % of samples"
    assert raised(drift("a", 0.18, 0.002, rows=1200), reference_rows=1000) == [("a", "watch")], "and of 1,200 rows"


def test_only_known_values_count():
    half = drift("a", 0.14, 0.002, rows=240, missing=0.5)
    assert raised(half, reference_rows=1000) == [], "PSI 0.14 of 240 rows, half of them missing: it rests on 120 values"


def test_twenty_tests_are_corrected():
    quiet = [drift(f"f{number}", 0.12, 0.05 + 0.04 * number) for number in range(19)]
    assert raised(drift("a", 0.12, 0.004), *quiet) == [], (
        "smallest p = 0.004 of twenty features, level 1 %: 0.004 x 20 = 0.08"
    )
    assert raised(drift("a", 0.12, 0.0004), *quiet) == [("a", "watch")], "smallest p = 0.0004: 0.0004 x 20 = 0.008"


def test_a_quarter_that_drifts_is_found():
    together = [drift(f"d{number}", 0.12, 0.002) for number in range(5)]
    quiet = [drift(f"f{number}", 0.12, 0.5) for number in range(15)]
    got = raised(*together, *quiet)
    assert len(got) == 5, "alarms, where 5 of 20 features have p = 0.002: 0.002 x 20 / 5 = 0.008, Bonferroni finds none"


def test_the_corrected_p_value_is_told():
    quiet = [drift(f"f{number}", 0.0, 0.9) for number in range(9)]
    (alarm,) = alarms([drift("a", 0.3, 0.0001), *quiet], 100_000)
    assert alarm.p_value == pytest.approx(0.001), "p-value of the alarm, where the smallest of ten is 0.0001"


def test_the_largest_comes_first():
    got = raised(drift("a", 0.15, 1e-6), drift("b", 0.9, 1e-6), drift("c", 0.3, 1e-6))
    assert [feature for feature, _ in got] == ["b", "c", "a"], "order of the alarms of PSI 0.15, 0.9, 0.3"
