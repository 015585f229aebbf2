"""Step 8: the two stores are asked the same question, and every difference is named."""

import numpy as np
import pytest

from recsys.features import OfflineStore, compare, materialise


@pytest.fixture
def both(tmp_path, online, make_view, table, at):
    """History, and the same copied online as of noon."""
    view, offline = make_view(), OfflineStore(tmp_path)
    rows = [("acme", f"u{n}", at(-n), n, 10 * n) for n in range(1, 6)] + [("globex", "u1", at(-1), 77, 0)]
    offline.write(view, table(rows), at(0))
    materialise(view, offline, online, at(0))
    return view, offline


USERS = [f"u{n}" for n in range(1, 6)]


def compared(view, offline, online, users=USERS, **more):
    return compare(view, "acme", users, offline.read(view), online, **more)


def test_both_agree(both, online):
    found = compared(*both, online)
    assert found.compared == 10, "values compared: five users, two features"
    assert found.mismatches == (), "where the two stores differ, right after materialising"
    assert found.rate == 1.0, "share of the values that agree"


def test_a_skew_is_named(both, online, at):
    view, offline = both
    online.write("acme", view, "u2", {"opens_7d": 2.5, "done_7d": 20.0}, at(-2))
    found = compared(view, offline, online)
    got = [(one.entity_id, one.feature, one.offline, one.online) for one in found.mismatches]
    assert got == [("u2", "opens_7d", 2.0, 2.5)], "(user, feature, offline, online) after one value was changed online"
    assert found.rate == pytest.approx(0.9), "share of ten values that agree"


def test_a_loader_that_lags(both, online, table, at, clock):
    view, offline = both
    offline.write(view, table([("acme", "u3", at(0.5), 99, 30)]), at(0.6))
    clock.now += 3600
    got = [(one.entity_id, one.feature) for one in compared(view, offline, online).mismatches]
    assert got == [("u3", "opens_7d")], "a newer row offline that was not copied yet; done_7d is 30 in both"


def test_the_future_of_history_does_not_count(both, online, table, at):
    view, offline = both
    offline.write(view, table([("acme", "u3", at(2), 99, 99)]), at(3))
    assert compared(view, offline, online).mismatches == (), "history has a row of 14:00; the question is of noon"


def test_missing_on_one_side(both, online, table, at):
    view, offline = both
    online.write("acme", view, "ghost", {"opens_7d": 1.0}, at(-1))
    got = [
        (one.feature, np.isnan(one.offline), one.online)
        for one in compared(view, offline, online, ["ghost"]).mismatches
    ]
    assert got == [("opens_7d", True, 1.0)], "a row online of which history knows nothing; done_7d is unknown to both"


def test_unknown_to_both_is_agreement(both, online):
    assert compared(*both, online, ["nobody"]).mismatches == (), "a user of whom neither store knows anything"


def test_stale_in_both_is_agreement(both, online, clock):
    clock.now += 21 * 3600  # the rows of u4 and u5 are past their time to live in both stores
    assert compared(*both, online).mismatches == (), "21 h later, ttl 24 h: one rule for age, so no difference"


def test_tolerance(both, online, at):
    view, offline = both
    online.write("acme", view, "u5", {"opens_7d": 5.0005, "done_7d": 50.0}, at(-5))
    assert len(compared(view, offline, online).mismatches) == 1, "5.0005 against 5, tolerance 1e-6"
    assert compared(view, offline, online, tolerance=1e-3).mismatches == (), "5.0005 against 5, tolerance 1e-3"
