"""Step 2: three ways to pay, in one bill."""

import pytest

from recsys.cost import Prices, bill

LIST = Prices(on_demand=1.0)  # spot at 70 % off, a commitment at 30 % off
DAY = [10] * 24


def dollars(*amounts):
    """To the cent."""
    return tuple(round(float(amount), 2) for amount in amounts)


def test_all_on_demand():
    made = bill(DAY, Prices(2.5))
    assert dollars(made.on_demand, made.total) == (600, 600), "ten replicas for a day at $2.50: (on demand, total)"
    assert made.replica_hours == pytest.approx(240), "ten replicas for a day: hours"
    assert made.saving == 0.0, "all on demand: saved"


def test_discounts_multiply():
    made = bill(DAY, LIST, spot_share=0.7)
    assert made.saving == pytest.approx(0.49), "70 % of the capacity on spot at 70 % off: share saved"
    assert dollars(made.spot, made.on_demand) == (50.4, 72), "ten for a day, 70 % on spot: paid (spot, on demand)"
    made = bill(DAY, LIST, spot_share=0.7, committed=3)
    assert made.saving == pytest.approx(0.58), "the other three under a commitment at 30 % off: share saved"


def test_a_commitment_is_paid_in_every_hour():
    made = bill([10, 2], LIST, committed=6)
    paid = dollars(made.on_demand, made.committed, made.wasted)
    assert paid == (4, 8.4, 2.8), "six committed, ten then two needed: paid (on demand, committed, of it wasted)"
    assert made.total == pytest.approx(12.4), "six committed, ten then two needed: total"


def test_a_commitment_above_the_floor_can_cost_more():
    made = bill([10, 0, 0, 0], LIST, committed=10)
    assert made.saving == pytest.approx(1 - 28 / 10), "ten committed, used in one hour of four: share saved, here lost"


def test_spot_comes_off_before_the_commitment():
    made = bill([10], LIST, spot_share=0.5, committed=8)
    assert made.wasted == pytest.approx(2.1), "five on spot, eight committed: three of them have nothing to do, wasted"


def test_nothing_needed_is_nothing_saved():
    assert bill([0, 0], LIST).saving == 0.0, "nothing needed: share saved"
    for wrong in ({"committed": -1.0}, {"spot_share": 1.5}):
        with pytest.raises(ValueError, match=r"\w"):
            bill([1.0], LIST, **wrong)
