"""Step 2: KL, which has a direction, and Jensen-Shannon, which has a bound."""

import math

import pytest

from recsys.drift.statistics import jensen_shannon, kl

BEFORE, NOW = [50, 30, 20, 0], [40, 0, 30, 30]
# scipy.stats.entropy(q, p) and (p, q), and scipy.spatial.distance.jensenshannon(p, q, base=2) ** 2, of the counts with
# 0.5 added to each (SciPy 1.17)
KL, KL_BACK, JS = 1.2402620645114382, 1.2384846359471589, 0.2785917232100679


def test_kl_is_of_the_current_from_the_reference():
    assert kl(BEFORE, NOW) == pytest.approx(KL, abs=1e-12), (
        f"kl({BEFORE}, {NOW}): sum of q ln(q / p), q the current shares"
    )
    assert kl(NOW, BEFORE) == pytest.approx(KL_BACK, abs=1e-12), "and the other way round it is another number"


def test_only_one_empty_side_makes_kl_infinite():
    assert kl([5, 0], [3, 2], 0.0) == math.inf, (
        "kl([5, 0], [3, 2], prior=0): the current fills what the reference has not"
    )
    got = kl([3, 2], [5, 0], 0.0)
    assert got == pytest.approx(math.log(5 / 3), abs=1e-12), "kl([3, 2], [5, 0], prior=0): 0 ln 0 counts as 0"


def test_jensen_shannon_is_a_divergence_in_bits():
    said = f"jensen_shannon({BEFORE}, {NOW}): SciPy's function of this name gives the square root of it, in nats"
    assert jensen_shannon(BEFORE, NOW) == pytest.approx(JS, abs=1e-12), said


def test_its_bounds():
    assert jensen_shannon([7, 3], [70, 30], 0.0) == pytest.approx(0, abs=1e-12), "equal shares, unequal sizes"
    assert jensen_shannon([10, 0], [0, 5], 0.0) == pytest.approx(1, abs=1e-12), (
        "nothing in common, no smoothing: one bit"
    )


def test_it_has_no_direction():
    there, back = jensen_shannon(BEFORE, NOW), jensen_shannon(NOW, BEFORE)
    assert there == pytest.approx(back, abs=1e-12), "jensen_shannon(a, b) against jensen_shannon(b, a)"
