"""The autoscaler's arithmetic against the examples of Kubernetes' documentation and the cases of its own tests.

The cases carry over the numbers of replica_calculator_test.go and horizontal_test.go (Kubernetes, Apache 2.0).
"""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.capacity import (
    Pod,
    PodAverage,
    Policy,
    Rules,
    Scaler,
    Tolerance,
    TotalAverage,
    TotalValue,
    Utilization,
    desired_replicas,
)
from recsys.capacity.behaviour import scale_limit


def cpu(target: int, *usages: int | None, unready: tuple[int, ...] = (), requests: int = 1000) -> Utilization:
    """CPU utilisation of pods whose usage is given in milli-cores; those at `unready` are not ready."""
    return Utilization(target, [Pod(usage, requests, i not in unready) for i, usage in enumerate(usages)])


@pytest.mark.parametrize(
    ("current", "metric", "expected"),
    [
        # The documentation: 200m against 100m doubles, 50m halves, within 0.1 of the target nothing happens.
        (1, PodAverage(100, [Pod(200)]), 2),
        (2, PodAverage(100, [Pod(50), Pod(50)]), 1),
        (10, PodAverage(100, [Pod(110)] * 10), 10),
        (10, PodAverage(100, [Pod(111)] * 10), 12),
        (50, cpu(75, *[900] * 50), 60),  # the blog post on configurable tolerance
        # Scale up, with pods that are not ready dampening it.
        (3, cpu(30, 300, 500, 700), 5),
        (3, cpu(30, 300, 500, 700, unready=(0,)), 4),
        (3, cpu(30, 400, 500, 700, unready=(1, 2)), 3),
        (2, Utilization(30, [Pod(500), Pod(700), Pod(None, gone=True), Pod(None, gone=True)]), 4),
        (3, PodAverage(15000, [Pod(20000), Pod(10000), Pod(30000)]), 4),
        (3, PodAverage(15000, [Pod(50000), Pod(10000), Pod(30000, ready=False)]), 6),
        (3, PodAverage(15000, [Pod(50000, ready=False), Pod(15000), Pod(30000, ready=False)]), 7),
        (3, TotalValue(15000, 20000, ready=3), 4),
        (3, TotalValue(10000, 50000, ready=1), 5),
        (3, TotalValue(4400, 8600, ready=1), 2),
        (3, TotalAverage(5000, 20000), 4),
        (3, TotalAverage(2150, 8600), 4),
        # Scale down.
        (5, cpu(50, 100, 300, 500, 250, 250), 3),
        (5, cpu(50, 100, 300, 500, 250, 250, unready=(3, 4)), 2),
        (5, Utilization(50, [Pod(100), *[Pod(None, ready=False, pending=True)] * 4]), 1),
        (5, PodAverage(20000, [Pod(12000)] * 5), 3),
        (5, TotalValue(20000, 12000, ready=5), 3),
        (5, TotalAverage(2000, 6000), 3),
        # Tolerance.
        (3, Utilization(100, [Pod(1010, 900), Pod(1030, 1000), Pod(1020, 1100)]), 3),
        (3, PodAverage(20000, [Pod(20000), Pod(21000), Pod(21000)]), 3),
        (3, TotalValue(20000, 20666, ready=3), 3),
        (4, TotalAverage(5000, 20166), 4),
        # Missing metrics: idle when the rest wants more, in full use when it wants less, never turning the direction.
        (4, cpu(100, 4000, 9500, 3000, 7000), 24),
        (4, cpu(100, 400, 95, None, None), 3),
        (2, cpu(100, 1000, None), 2),
        (2, cpu(100, 1900, None), 2),
        (2, cpu(100, 600, None), 2),
        (3, cpu(50, 100, 450, None, unready=(0,)), 3),
        (3, cpu(50, 100, 2000, None, unready=(0,)), 4),
        (4, cpu(50, 100, 100, 100, None, unready=(0,)), 3),
        (2, cpu(50, 100, 100, None), 2),  # a rolling update with a surge pod
    ],
)
def test_one_metric(current: int, metric: Utilization, expected: int) -> None:
    assert desired_replicas(current, [metric]) == expected


def test_of_several_metrics_the_largest_answer_wins() -> None:
    assert desired_replicas(3, [cpu(50, 100, 100, 100), TotalAverage(1000, 7500), TotalAverage(1000, 4000)]) == 8


def test_a_metric_that_cannot_be_read_forbids_scaling_down_only() -> None:
    unknown = TotalAverage(1000, None)
    assert desired_replicas(5, [cpu(50, *[100] * 5), unknown]) == 5
    assert desired_replicas(5, [cpu(50, *[1000] * 5), unknown]) == 10
    with pytest.raises(ValueError, match="no metric could be read"):
        desired_replicas(5, [unknown, cpu(50, None, None)])


def test_the_tolerance_can_differ_by_direction() -> None:
    careful = Tolerance(up=0.0, down=0.05)
    assert desired_replicas(100, [PodAverage(1000, [Pod(1001)] * 100)], careful) == 101
    assert desired_replicas(100, [PodAverage(1000, [Pod(960)] * 100)], careful) == 100
    assert desired_replicas(100, [PodAverage(1000, [Pod(940)] * 100)], careful) == 94


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=30), st.integers(10, 200))
def test_the_wanted_replicas_bring_the_load_to_the_target(usages: list[int], target: int) -> None:
    wanted = desired_replicas(len(usages), [cpu(target, *usages)])
    utilization = sum(usages) * 100 // (1000 * len(usages))
    if wanted != len(usages):
        assert utilization * len(usages) <= target * wanted + 1e-6
        assert utilization * len(usages) > target * (wanted - 1) - 1e-6


@given(st.lists(st.integers(1, 3000), min_size=1, max_size=10), st.integers(0, 5))
def test_pods_without_a_metric_dampen_and_never_drive(usages: list[int], missing: int) -> None:
    current = len(usages) + missing
    full = desired_replicas(current, [cpu(60, *usages, *[None] * missing)])
    direction = sum(usages) * 100 // (1000 * len(usages)) - 60
    assert full >= current if direction > 0 else full <= current if direction < 0 and missing else True


PERCENT_20, PODS_4 = Policy("Percent", 20, 60), Policy("Pods", 4, 60)


@pytest.mark.parametrize(
    ("current", "added", "removed", "rules", "up", "expected"),
    [
        (5, [], [], Rules(0, (PODS_4,)), True, 9),
        (5, [(70.0, 2)], [], Rules(0, (PODS_4,)), True, 7),
        (5, [], [], Rules(0, (PODS_4,), "Disabled"), True, 5),
        (5, [], [], Rules(0, (PODS_4, Policy("Pods", 2, 60)), "Min"), True, 7),
        (10, [], [], Rules(0, (Policy("Percent", 50, 60),)), True, 15),
        (10, [], [], Rules(0, (PERCENT_20,)), False, 8),
        (10, [], [(70.0, 1)], Rules(0, (PERCENT_20,)), False, 8),
        (100, [], [], Rules(0, (Policy("Percent", 10, 60), Policy("Pods", 5, 60))), False, 90),
        (10, [], [], Rules(0, (PERCENT_20,), "Disabled"), False, 10),
        (100, [], [], Rules(0, (Policy("Percent", 10, 60), Policy("Pods", 15, 60)), "Min"), False, 90),
    ],
)
def test_policies_limit_the_change_within_their_period(
    current: int,
    added: list[tuple[float, int]],
    removed: list[tuple[float, int]],
    rules: Rules,
    up: bool,
    expected: int,
) -> None:
    assert scale_limit(current, added, removed, rules, 100.0, up=up) == expected


def test_the_documented_walk_down_from_eighty() -> None:
    """At most 4 pods or 10 % a minute: by 8, 8, 7, ... and from forty pods on by 4."""
    down = Rules(0, (Policy("Pods", 4, 60), Policy("Percent", 10, 60)))
    scaler, counts = Scaler(10, 80, down=down), [80]
    for minute in range(1, 30):
        counts.append(scaler.step(counts[-1], 10, 61.0 * minute))
    steps = [before - after for before, after in pairwise(counts)]
    assert counts[1:3] == [72, 64]  # 10 % of 72 are 7.2, rounded up to 8
    assert all(step == 4 for count, step in zip(counts, steps, strict=False) if 14 <= count <= 40)
    assert counts[-1] == 10


def test_by_default_up_at_once_by_doubling_and_down_after_five_quiet_minutes() -> None:
    scaler = Scaler(1, 50)
    assert scaler.step(1, 40, 0.0) == 5
    assert scaler.step(5, 40, 10.0) == 5  # this period's change is made
    assert scaler.step(5, 40, 16.0) == 10
    assert scaler.step(10, 40, 32.0) == 20
    assert scaler.step(20, 20, 60.0) == 20
    assert scaler.step(20, 2, 90.0) == 20
    assert scaler.step(20, 2, 359.0) == 20  # 20 was still wanted 299 s ago
    assert scaler.step(20, 2, 361.0) == 2


def test_a_window_for_scaling_up_rides_out_a_spike() -> None:
    scaler = Scaler(1, 50, up=Rules(60.0, (Policy("Percent", 900, 15),)))
    scaler.step(2, 2, 0.0)
    assert scaler.step(2, 10, 30.0) == 2
    assert scaler.step(2, 8, 61.0) == 8


def test_limits_are_kept_whatever_is_recommended() -> None:
    scaler = Scaler(2, 10)
    assert scaler.step(30, 30, 0.0) == 10
    assert scaler.step(1, 1, 1.0) == 2
    assert scaler.step(9, 100, 100.0) == 10
    with pytest.raises(ValueError, match="must rise"):
        Scaler(5, 2)
