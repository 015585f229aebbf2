"""Step 3: bounds that see what has to be seen: a hit, a timeout, the objective exactly, at a bearable price."""

import numpy as np
import pytest

from recsys.metrics import LATENCY, STAGE
from studyapp.runner.metrics import quantile

OBJECTIVE = 0.1
TIMEOUT = 5.0
FACTOR = 1.75


def shown(bounds, values, q):
    """What histogram_quantile makes of values, in milliseconds."""
    counts = {bound: float((values <= bound).sum()) for bound in (*bounds, float("inf"))}
    return 1000 * (quantile(q, counts) or 0.0)


def lognormal(median, seed=1):
    return np.random.default_rng(seed).lognormal(np.log(median), 0.5, 20_000)


def test_bounds_rise():
    for name, bounds in (("LATENCY", LATENCY), ("STAGE", STAGE)):
        assert list(bounds) == sorted(set(bounds)), f"the bounds of {name}, in seconds, rise"
        assert bounds[0] > 0, f"the first bound of {name}"


def test_the_objective_is_a_bound():
    said = f"{OBJECTIVE} s is a bound of LATENCY: between bounds a histogram knows nothing; they are {LATENCY}"
    assert OBJECTIVE in LATENCY, said


def test_a_timeout_is_not_beyond_the_last_bound():
    said = f"the last bound of LATENCY, where requests are cut off after {TIMEOUT:g} s: beyond it p99 stands still"
    assert LATENCY[-1] >= TIMEOUT, said


@pytest.mark.parametrize("median", [0.0008, 0.004, 0.02, 0.06, 0.3, 1.5])
@pytest.mark.parametrize("q", [0.5, 0.95, 0.99])
def test_quantiles_are_about_right(median, q):
    values = lognormal(median)
    true, seen = 1000 * float(np.quantile(values, q)), shown(LATENCY, values, q)
    said = f"LATENCY shows p{100 * q:g} as {seen:.3g} ms where it is {true:.3g} ms: within a factor of {FACTOR}"
    assert 1 / FACTOR <= seen / true <= FACTOR, said


@pytest.mark.parametrize("median", [0.0001, 0.0005, 0.003, 0.02])
def test_stages_are_quicker_than_requests(median):
    values = lognormal(median)
    true, seen = 1000 * float(np.median(values)), shown(STAGE, values, 0.5)
    said = f"STAGE shows the median of a stage as {seen:.3g} ms where it is {true:.3g} ms: within a factor of {FACTOR}"
    assert 1 / FACTOR <= seen / true <= FACTOR, said


def test_each_bound_is_a_series():
    for name, bounds in (("LATENCY", LATENCY), ("STAGE", STAGE)):
        assert len(bounds) <= 16, f"bounds of {name}, each of which is a series for every route and pod"
