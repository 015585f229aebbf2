"""Step 6: before anybody asks how far the data have moved: are they sound?"""

import math

import numpy as np
import pytest

from recsys.drift.quality import ColumnRule, Expectations

SOUND = {"price": np.linspace(1, 99, 200), "plan": np.array(["free", "team"] * 100, object)}
RULES = {
    "price": ColumnRule(0.0, 100.0),
    "plan": ColumnRule(categories=frozenset({"free", "team"}), constant=True),
}
GATE = Expectations(rows=100, age=3600.0, columns=RULES)


def broken(age=0.0, gate=GATE, **changed):
    """The columns of which the gate complains, one entry a complaint; empty text: the table as a whole."""
    found = gate.violations({**SOUND, **changed}, age)
    assert all(each.reason for each in found), "every violation says why"
    return [each.column for each in found]


def with_some(value, share):
    """The prices, of which a share is replaced by a value."""
    prices = SOUND["price"].copy()
    prices[: round(share * len(prices))] = value
    return prices


def test_sound_data_pass():
    assert broken() == [], "complaints about 200 rows within all limits"


def test_too_few_rows():
    few = {name: column[:99] for name, column in SOUND.items()}
    assert broken(**few) == [""], "complaints about 99 rows where 100 are expected: one, of the table"


def test_old_data():
    assert broken(age=3601.0) == [""], "complaints where the newest row is 3,601 s old and may be 3,600"
    assert broken(age=3600.0) == [], "and where it is 3,600 s old"
    assert broken(age=1e9, gate=Expectations(columns=RULES)) == [], "age None is no limit"


def test_a_column_that_is_not_there():
    got = [each.column for each in GATE.violations({"price": SOUND["price"]})]
    assert got == ["plan"], "complaints about a table without the column plan"


def test_no_rows_at_all():
    empty = {name: column[:0] for name, column in SOUND.items()}
    assert broken(**empty) == [""], "complaints about an empty table: one, and no division by nothing"


def test_missing_values():
    assert broken(price=with_some(math.nan, 0.06)) == ["price"], "6 % missing, where 5 % may be"
    assert broken(price=with_some(math.nan, 0.05)) == [], "5 % missing, where 5 % may be"
    assert broken(price=np.full(200, math.nan)) == ["price"], "a column of nothing but NaN: missing, and nothing else"
    holes = SOUND["plan"].copy()
    holes[:20] = None
    assert broken(plan=holes) == ["plan"], "10 % of a category missing, where 5 % may be"


def test_values_outside():
    assert broken(price=with_some(1e6, 0.02)) == ["price"], "2 % of the prices beyond the range, where 1 % may be"
    assert broken(price=with_some(-5.0, 0.02)) == ["price"], "2 % of the prices below the range"
    assert broken(price=with_some(100.0, 0.5)) == [], "a price at the limit is inside it"
    strange = np.array(["trial"] * 3 + ["free"] * 197, object)
    assert broken(plan=strange) == ["plan"], "1.5 % in a category that nobody knows, where 1 % may be"


def test_one_stray_value_is_no_scandal():
    assert broken(price=with_some(1e6, 0.01)) == [], (
        "1 % beyond the range, where 1 % may be: gates that cry wolf get ignored"
    )


def test_infinite_is_outside():
    assert broken(price=with_some(math.inf, 0.02)) == ["price"], "2 % infinite prices, range 0 to 100"


def test_the_same_value_everywhere():
    assert broken(price=np.full(200, 7.0)) == ["price"], "every price is 7: a default where a source failed"
    assert broken(plan=np.array(["free"] * 200, object)) == [], "every plan is free, and the rule allows a constant"


def test_every_complaint_is_told():
    prices = with_some(math.nan, 0.2)
    prices[-20:] = 1e6
    assert broken(age=9999.0, price=prices) == ["", "price", "price"], "old, 20 % missing, 10 % outside: all three"


@pytest.mark.parametrize("column", ["minutes", "score"])
def test_a_unit_that_changed_is_no_drift(column, profile, traffic):
    gate, today = Expectations.from_profile(profile, rows=1000), traffic(2000, 500)
    assert gate.violations(today) == [], "complaints about ordinary traffic, by the limits of the reference"
    today[column] = today[column] * 1000
    assert [each.column for each in gate.violations(today)] == [column], f"{column} in thousandths since this morning"
