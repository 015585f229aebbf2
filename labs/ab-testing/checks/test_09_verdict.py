"""Step 9: many metrics, guardrails, and a decision in the order in which an experiment may fail."""

import numpy as np

from recsys.experiment.analysis import analyse
from recsys.experiment.definition import Experiment
from recsys.experiment.estimate import Estimate
from recsys.experiment.metric import Metric
from recsys.experiment.multiple import benjamini_hochberg

HALVES = Experiment("ranker", {"control": 0.5, "treatment": 0.5})
EVEN = {"control": 10_000, "treatment": 10_000}
PAPER = [
    0.0001,
    0.0004,
    0.0019,
    0.0095,
    0.0201,
    0.0278,
    0.0298,
    0.0344,
    0.0459,
    0.3240,
    0.4262,
    0.5719,
    0.6528,
    0.7590,
    1.0,
]


def metric(low, high, p_value, name="acceptance", **more):
    return Metric(name, Estimate(10.0, 10.0 + (low + high) / 2, 1.0, low, high, p_value), **more)


BETTER, WORSE, SAME = metric(0.5, 1.5, 0.001), metric(-1.5, -0.5, 0.001), metric(-0.5, 0.7, 0.6)


def latency(low, high):
    """A guardrail: at most 5 ms slower."""
    return metric(low, high, 0.5, "latency", role="guardrail", better="lower", margin=5.0)


SAFE, UNSURE, HARMED = latency(-1.0, 3.0), latency(-2.0, 9.0), latency(6.0, 9.0)


def decided(*metrics, counts=EVEN, **more):
    return analyse(HALVES, counts, metrics, **more).decision


def test_benjamini_hochberg():
    # statsmodels.stats.multitest.multipletests(p, method="fdr_bh")[1] (0.15)
    got = np.round(benjamini_hochberg([0.01, 0.04, 0.03, 0.005, 0.8]), 9).tolist()
    assert got == [0.025, 0.05, 0.05, 0.025, 0.8], "adjusted p of 0.01, 0.04, 0.03, 0.005, 0.8, in the order given"
    got = np.round(benjamini_hochberg([0.001, 0.013, 0.014, 0.2]), 9).tolist()
    assert got == [0.004, 0.018666667, 0.018666667, 0.2], (
        "0.013 x 4 / 2 is more than 0.014 x 4 / 3: the smaller holds for both"
    )


def test_benjamini_hochberg_in_the_paper():
    # Benjamini and Hochberg 1995, section 3.2
    got = (benjamini_hochberg(PAPER) <= 0.05).tolist()
    assert got == [True] * 4 + [False] * 11, "which of the paper's fifteen p-values are reported at 5 %: the first four"


def test_what_benjamini_hochberg_refuses():
    assert len(benjamini_hochberg([])) == 0, "adjusted p-values of none"
    try:
        got = benjamini_hochberg([0.5, 1.2])
    except ValueError:
        return
    assert got.tolist() == "ValueError", "benjamini_hochberg([0.5, 1.2])"


def test_better_and_safe():
    assert decided(BETTER) == "ship", "goal better, groups even"
    assert decided(BETTER, SAFE) == "ship", "goal better, latency within its limit"


def test_worse():
    assert decided(WORSE) == "do not ship", "goal worse"
    assert decided(metric(0.5, 1.5, 0.001, better="lower")) == "do not ship", "goal rose, and lower is better"


def test_no_clear_difference():
    assert decided(SAME) == "no clear difference", "goal with p = 0.6 at the planned end"


def test_a_mismatch_comes_first():
    lost = {"control": 10_000, "treatment": 9_400}
    assert decided(BETTER, counts=lost) == "do not trust", "10,000 and 9,400 at 50/50, goal better"
    assert decided(BETTER, HARMED, counts=lost, planned_units=99_999) == "do not trust", (
        "the same with harm, and before the end"
    )


def test_harm_stops_at_once():
    assert decided(BETTER, HARMED) == "do not ship", "goal better, latency shown to be above its limit"
    assert decided(BETTER, HARMED, planned_units=50_000) == "do not ship", "the same before the planned end"
    assert decided(SAME, HARMED) == "do not ship", "goal unchanged, latency above its limit"


def test_a_guardrail_that_proves_nothing_is_not_safe():
    assert decided(BETTER, UNSURE) == "keep running", (
        "goal better, latency anywhere from 2 ms quicker to 9 ms slower, limit 5"
    )
    assert decided(SAME, UNSURE) == "no clear difference", "nothing to ship, so nothing to wait for"


def test_before_the_planned_end_nothing_is_evidence():
    assert decided(BETTER, planned_units=30_000) == "keep running", "goal better after 20,000 of 30,000 units"
    assert decided(WORSE, planned_units=30_000) == "keep running", "goal worse after 20,000 of 30,000 units"
    assert decided(BETTER, planned_units=20_000) == "ship", "goal better after 20,000 of 20,000 units"


def test_an_always_valid_result_may_be_used_any_day():
    assert decided(BETTER, planned_units=30_000, sequential=True) == "ship", "goal better early, always-valid estimates"
    assert decided(SAME, planned_units=30_000, sequential=True) == "keep running", "goal unchanged early, always-valid"


def test_many_metrics_raise_the_bar():
    close, noise = metric(0.1, 1.9, 0.02), [metric(-1, 1, 0.9, f"m{number}", role="secondary") for number in range(9)]
    assert decided(close) == "ship", "goal with p = 0.02, alone"
    assert decided(close, *noise) == "no clear difference", (
        "the same among nine metrics that did not move: 0.02 x 10 = 0.2"
    )
    guards = [latency(-1.0, 3.0) for _ in range(9)]
    assert decided(close, *guards) == "ship", "the same among nine guardrails, which are no discoveries"


def test_a_secondary_metric_decides_nothing():
    assert decided(SAME, metric(1, 2, 0.0001, "items", role="secondary")) == "no clear difference", (
        "goal same, another better"
    )


def test_the_reasons_are_words():
    text = analyse(HALVES, {"control": 10_000, "treatment": 9_400}, [BETTER]).text()
    assert "9,400" in text, f"a mismatch is explained by its counts; it said: {text!r}"
    text = analyse(HALVES, EVEN, [BETTER, UNSURE]).text()
    assert "latency" in text, f"an unsure guardrail is named; it said: {text!r}"
    text = analyse(HALVES, EVEN, [BETTER, SAFE]).text()
    assert "rose from 10 to 11" in text, f"the goal's change is told; it said: {text!r}"
