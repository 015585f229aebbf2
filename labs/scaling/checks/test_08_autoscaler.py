"""Step 8: what the HorizontalPodAutoscaler wants, by the documentation's examples and its own test cases.

Sources: kubernetes.io, "Horizontal Pod Autoscaling", algorithm details; the blog post on configurable tolerance
(v1.33); pkg/controller/podautoscaler/replica_calculator_test.go and horizontal_test.go.
"""

import pytest

from recsys.capacity import Pod, PodAverage, Scaler, Tolerance, TotalAverage, Utilization, desired_replicas


def cpu(target, *usages, unready=()):
    """CPU of pods that request 1000m each; None is a missing metric."""
    return Utilization(target, [Pod(usage, 1000, place not in unready) for place, usage in enumerate(usages)])


@pytest.mark.parametrize(
    ("current", "metric", "expected", "told"),
    [
        (1, PodAverage(100, [Pod(200)]), 2, "one pod at 200m, target 100m (documentation)"),
        (2, PodAverage(100, [Pod(50)] * 2), 1, "two pods at 50m, target 100m (documentation)"),
        (50, cpu(75, *[900] * 50), 60, "fifty pods at 90 %, target 75 % (Kubernetes blog)"),
        (3, cpu(30, 300, 500, 700), 5, "three pods at 30, 50, 70 %, target 30 %"),
        (3, PodAverage(15000, [Pod(20000), Pod(10000), Pod(30000)]), 4, "20, 10, 30 requests a second, target 15"),
        (5, cpu(50, 100, 300, 500, 250, 250), 3, "five pods at 10, 30, 50, 25, 25 %, target 50 %"),
        (3, TotalAverage(5000, 20000), 4, "a queue of 20, target 5 a pod"),
        (5, TotalAverage(2000, 6000), 3, "a queue of 6, target 2 a pod"),
    ],
)
def test_the_formula(current, metric, expected, told):
    assert desired_replicas(current, [metric]) == expected, f"{told}: replicas wanted, having {current}"


@pytest.mark.parametrize(
    ("current", "metric", "told"),
    [
        (10, PodAverage(100, [Pod(110)] * 10), "ten pods at 1.1 times the target"),
        (10, PodAverage(100, [Pod(90)] * 10), "ten pods at 0.9 times the target"),
        (3, PodAverage(20000, [Pod(20000), Pod(21000), Pod(21000)]), "a mean of 20.7, target 20"),
        (4, TotalAverage(5000, 20166), "four pods for a queue of 20.2, target 5"),
    ],
)
def test_within_the_tolerance_nothing_happens(current, metric, told):
    assert desired_replicas(current, [metric]) == current, f"{told}: within the tolerance of 0.1"


def test_outside_the_tolerance_it_does():
    assert desired_replicas(10, [PodAverage(100, [Pod(111)] * 10)]) == 12, "ten pods at 1.11 times the target"
    careful = Tolerance(up=0.0, down=0.05)
    wanted = [desired_replicas(100, [PodAverage(1000, [Pod(use)] * 100)], careful) for use in (1001, 960, 940)]
    assert wanted == [101, 100, 94], "100 pods at 1.001, 0.96 and 0.94 times the target, tolerance 0 up and 0.05 down"


@pytest.mark.parametrize(
    ("current", "metric", "expected", "told"),
    [
        (4, cpu(100, 4000, 9500, 3000, 7000), 24, "four pods at 400, 950, 300, 700 %, target 100 %"),
        (2, cpu(100, 1900, None), 2, "190 % and a missing one, target 100 %: idle is assumed, which leaves 95 %"),
        (4, cpu(100, 400, 95, None, None), 3, "40, 9 % and two missing, target 100 %: full use is assumed of them"),
        (2, cpu(100, 600, None), 2, "60 % and a missing one, target 100 %: with full use assumed it is 80 %"),
        (2, cpu(50, 100, 100, None), 2, "a rolling update: 10, 10 % and a third pod that is missing, target 50 %"),
        (3, cpu(50, 100, 2000, None, unready=(0,)), 4, "not ready, 200 %, missing, target 50 %"),
        (4, cpu(50, 100, 100, 100, None, unready=(0,)), 3, "10, 10 %, one not ready, one missing, target 50 %"),
    ],
)
def test_pods_without_a_metric_only_dampen(current, metric, expected, told):
    assert desired_replicas(current, [metric]) == expected, f"{told}: replicas wanted, having {current}"


@pytest.mark.parametrize(
    ("metric", "expected", "told"),
    [
        (cpu(30, 300, 500, 700, unready=(0,)), 4, "30, 50, 70 %, target 30 %, the first not ready"),
        (cpu(30, 400, 500, 700, unready=(1, 2)), 3, "40, 50, 70 %, target 30 %, two not ready"),
        (
            PodAverage(15000, [Pod(50000), Pod(10000), Pod(30000, ready=False)]),
            6,
            "requests, not CPU: readiness is no matter",
        ),
    ],
)
def test_pods_that_start_count_as_idle_for_cpu(metric, expected, told):
    assert desired_replicas(3, [metric]) == expected, f"{told}: replicas wanted, having 3"


def test_the_largest_of_several_metrics_wins():
    metrics = [cpu(50, 100, 100, 100), TotalAverage(1000, 7500), TotalAverage(1000, 4000)]
    assert desired_replicas(3, metrics) == 8, "CPU asks for 1, one queue for 8, another for 4: replicas wanted"


def test_what_cannot_be_read_forbids_scaling_down_only():
    unknown = TotalAverage(1000, None)
    assert desired_replicas(5, [cpu(50, *[100] * 5), unknown]) == 5, "CPU asks for 1 of 5, the other cannot be read"
    assert desired_replicas(5, [cpu(50, *[1000] * 5), unknown]) == 10, "CPU asks for 10, the other cannot be read"
    with pytest.raises(ValueError, match="metric"):
        desired_replicas(5, [unknown, cpu(50, None, None)])


def test_down_only_after_five_quiet_minutes():
    scaler = Scaler(1, 50)
    assert scaler.step(20, 20, 0.0) == 20, "20 replicas, 20 wanted"
    assert scaler.step(20, 2, 30.0) == 20, "2 are wanted since 0 s: replicas (default window 300 s)"
    assert scaler.step(20, 2, 299.0) == 20, "20 were still wanted 299 s ago: replicas"
    assert scaler.step(20, 2, 301.0) == 2, "20 were last wanted 301 s ago: replicas"


def test_a_lull_removes_nothing():
    scaler, have = Scaler(1, 50), 10
    for moment, wanted in enumerate([10, 3, 10, 3, 10, 3]):
        have = scaler.step(have, wanted, 60.0 * moment)
    assert have == 10, "every second minute 3 are wanted, else 10: replicas after six minutes"


def test_up_at_once():
    assert Scaler(1, 50).step(5, 9, 0.0) == 9, "5 replicas, 9 wanted: replicas at the next sync"
