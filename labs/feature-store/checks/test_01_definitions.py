"""Step 1: a definition that can be trusted: checked, versioned, owned, with one rule for age."""

import contextlib

import numpy as np
import pytest

from recsys.features import Feature, Registry

TWICE = (Feature("opens_7d", "once"), Feature("opens_7d", "and again"))


@pytest.mark.parametrize(
    "fault",
    [
        {"ttl": 0.0},
        {"ttl": -1.0},
        {"ttl": float("nan")},
        {"owner": ""},
        {"features": ()},
        {"features": TWICE},
        {"name": "user activity"},
        {"name": "user:activity"},
        {"entity": "../user"},
        {"features": (Feature("opens-7d", "no identifier"),)},
    ],
)
def test_definitions_that_cannot_be(make_view, fault):
    try:
        made = make_view(**fault)
    except ValueError:
        made = "ValueError"
    said = ", ".join(f"{name}={value!r}" for name, value in fault.items())
    assert made == "ValueError", f"a view with {said[:90]} is refused when it is defined, not when it is read"


def test_the_version_is_in_the_name(make_view):
    assert make_view().id == "user_activity.v1", "id of the first version, as in keys and paths"
    assert make_view(version=2).id == "user_activity.v2", "id of version 2"


def test_the_rule_for_age(make_view):
    ages = np.array([0.0, 3600.0, 24 * 3600.0, 24 * 3600.0 + 1, -1.0, np.nan])
    got = make_view(ttl=24 * 3600.0).is_fresh(ages).tolist()
    said = "ages 0 s, 1 h, 24 h, 24 h and 1 s, 1 s in the future, unknown; which are fresh with a ttl of 24 h"
    assert got == [True, True, True, False, False, False], said


def test_positions(make_view):
    view = make_view()
    assert view.positions(["done_7d", "opens_7d"]) == [1, 0], "positions of done_7d, opens_7d, in the order asked for"
    assert view.positions(["done_7d", "done_7d"]) == [1, 1], "positions of a feature that is asked for twice"
    try:
        said = view.positions(["clicks_7d"])
    except KeyError as error:
        said = str(error)
    assert "clicks_7d" in str(said), "asking for clicks_7d raises a KeyError that names it"


def test_a_changed_meaning_is_a_new_version(make_view):
    registry = Registry([make_view()])
    registry.add(make_view())
    try:
        registry.add(make_view(ttl=60.0))
        changed = "accepted"
    except ValueError:
        changed = "ValueError"
    assert changed == "ValueError", "another definition under the same name and version"
    assert registry.get("user_activity.v1").ttl == 24 * 3600.0, "the definition that was there before stays"
    registry.add(make_view(ttl=60.0, version=2))
    assert registry.get("user_activity").ttl == 60.0, "get by name alone gives the latest version"
    assert len(list(registry)) == 2, "both versions stand side by side"


def test_a_refused_view_is_not_kept(make_view):
    registry = Registry()
    with contextlib.suppress(KeyError):
        registry.add(make_view(name="score", upstream=("nowhere",)))
    assert [view.id for view in registry] == [], "views after one was refused whose upstream is not registered"
