"""The rolling update's arithmetic, with the examples of Kubernetes' documentation and of its controller's source."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.cluster.rolling import Bounds, Pods, Step, bounds, recreate, step


def strategy(surge: int | str, unavailable: int | str) -> dict[str, object]:
    return {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": surge, "maxUnavailable": unavailable}}


@pytest.mark.parametrize(
    ("replicas", "given", "expected"),
    [
        # kubernetes.io "Deployments": 25 % each by default; with 3 replicas at least 3 available, at most 4 in total
        (3, {}, Bounds(1, 0)),
        # the same page: with 4 replicas between 3 and 5
        (4, {}, Bounds(1, 1)),
        # "Proportional scaling": 10 replicas with maxSurge=3 and maxUnavailable=2
        (10, strategy(3, 2), Bounds(3, 2)),
        # the field's documentation: 30 % of 10 up and down
        (10, strategy("30%", "30%"), Bounds(3, 3)),
        # ResolveFenceposts: unavailable is rounded down, surge up; both nothing means one unavailable
        (2, strategy("0%", "1%"), Bounds(0, 1)),
        (1, strategy("0%", "1%"), Bounds(0, 1)),
        (2, strategy("1%", "25%"), Bounds(1, 0)),
        (1, strategy("1%", "0%"), Bounds(1, 0)),
        # MaxUnavailable is never above the replicas
        (2, strategy(0, 5), Bounds(0, 2)),
        (0, {}, Bounds(0, 0)),
    ],
)
def test_bounds(replicas: int, given: dict[str, object], expected: Bounds) -> None:
    assert bounds(given, replicas) == expected


def order(replicas: int, allowed: Bounds) -> list[tuple[int, int]]:
    """(created, removed) of each move of an update whose new pods become available at once."""
    new, old, moves = Pods(), Pods(replicas, replicas), []
    while (move := step(replicas, allowed, new, old)) != Step():
        moves.append((move.create, move.remove))
        new = Pods(new.total + move.create, new.total + move.create)
        old = Pods(old.total - move.remove, old.available - move.remove)
    assert (new, old) == (Pods(replicas, replicas), Pods())
    return moves


@pytest.mark.parametrize(
    ("replicas", "given", "expected"),
    [
        # the comment at ResolveFenceposts, case by case
        (2, strategy("0%", "1%"), [(0, 1), (1, 0), (0, 1), (1, 0)]),
        (1, strategy("0%", "1%"), [(0, 1), (1, 0)]),
        (2, strategy("1%", "25%"), [(1, 0), (0, 1), (1, 0), (0, 1)]),
        (1, strategy("1%", "25%"), [(1, 0), (0, 1)]),
        (2, strategy("1%", "0%"), [(1, 0), (0, 1), (1, 0), (0, 1)]),
    ],
)
def test_the_order_of_moves_in_the_source(
    replicas: int, given: dict[str, object], expected: list[tuple[int, int]]
) -> None:
    assert order(replicas, bounds(given, replicas)) == expected


def test_the_controllers_own_example_of_pods_that_never_become_available() -> None:
    """10 replicas, maxUnavailable 2, maxSurge 3: 5 new ones crash, one of 8 old ones fails: nothing may be removed."""
    assert step(10, Bounds(3, 2), Pods(5, 0), Pods(8, 7)) == Step()


def test_broken_old_pods_go_first_and_do_not_count() -> None:
    assert step(4, Bounds(1, 1), Pods(1, 1), Pods(4, 2)) == Step(remove=2)


def test_recreate_waits_until_all_old_pods_are_gone() -> None:
    assert recreate(3, Pods(), 3) == Step(remove=3)
    assert recreate(3, Pods(), 0) == Step(create=3)


@given(st.data(), st.integers(1, 12), st.integers(0, 6), st.integers(0, 6))
def test_an_update_keeps_within_its_bounds_and_ends(data: st.DataObject, replicas: int, surge: int, away: int) -> None:
    allowed = bounds(strategy(surge, away), replicas) if surge or away else Bounds(1, 0)
    new_available, new, old = 0, 0, replicas
    for _ in range(200):
        move = step(replicas, allowed, Pods(new, new_available), Pods(old, old))
        new, old = new + move.create, old - move.remove
        assert new + old <= replicas + allowed.surge
        assert new_available + old >= replicas - allowed.unavailable
        if move == Step():  # it waits for new pods, some of which become available
            new_available += data.draw(st.integers(1, max(1, new - new_available))) if new > new_available else 0
        if new == new_available == replicas and not old:
            return
    raise AssertionError("the update did not end")
