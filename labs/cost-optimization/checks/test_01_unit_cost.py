"""Step 1: what a thousand answers cost."""

import pytest

from recsys.cost import break_even, cost_per_thousand, monthly_cost


def test_a_thousand_answers():
    got = cost_per_thousand(3.6, 100, 0.5)
    assert got == pytest.approx(0.02), "$3.60 an hour, 100 answers a second, half used: $ for 1,000 answers"
    got = cost_per_thousand(1.2, 400, 0.6) * 1000
    assert got == pytest.approx(1.3889, abs=1e-4), "$1.20 an hour, 400 answers a second, 60 % used: $ a million"


def test_idle_time_is_paid():
    ratio = cost_per_thousand(1, 100, 0.2) / max(cost_per_thousand(1, 100, 0.7), 1e-12)
    assert ratio == pytest.approx(3.5), "the same replica at 20 % and at 70 % of what it can: cost of an answer"


@pytest.mark.parametrize(("speed", "utilisation"), [(0, 0.5), (-1, 0.5), (10, 0), (10, 1.1)])
def test_what_cannot_be_is_refused(speed, utilisation):
    with pytest.raises(ValueError, match=r"\w"):
        cost_per_thousand(1, speed, utilisation)


def test_a_hundred_thousand_a_second():
    day = monthly_cost(100_000, 1.0, days=1)
    assert day == pytest.approx(8640), "100,000 a second for a day at $1 a million: 8.64 billion answers, in $"
    assert monthly_cost(100_000, 0.20) == pytest.approx(51_840), "100,000 a second at $0.20 a million: $ in 30 days"


def test_when_a_commitment_pays():
    assert break_even(0.28) == pytest.approx(0.72), (
        "28 % off: the share of the hours from which a commitment is cheaper"
    )
