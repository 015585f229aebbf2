"""The manifests' autoscaler on measured pods: its arithmetic is tested with recsys.capacity, here what it is fed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from recsys.cluster.autoscaler import Autoscaler, Gauge, Reading, requests_total
from recsys.manifests import parse

HPA = """
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: recsys}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: recsys}
  minReplicas: 2
  maxReplicas: 10
  metrics:
    - type: Resource
      resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}
    - type: Pods
      pods: {metric: {name: recsys_requests_per_second}, target: {type: AverageValue, averageValue: "20"}}
"""


def autoscaler(request: int | None = 200, **spec: Any) -> Autoscaler:
    resource = next(parse(HPA, "hpa.yaml"))
    resource.data["spec"].update(spec)
    return Autoscaler(resource, request)


def test_cpu_is_a_share_of_the_request() -> None:
    # the walkthrough of kubernetes.io: a request of 200m, a target of 50 %; 500m used for one pod asks for 5
    decision = autoscaler().decide(2, [Reading(cpu=250), Reading(cpu=250)], 0.0)
    assert decision.desired == 5
    assert "CPU 125 % of the request of 200m, target 50 %" in str(decision)


def test_the_metric_that_asks_for_more_wins() -> None:
    idle, busy = [Reading(100, 5_000)] * 2, [Reading(100, 50_000)] * 2
    assert autoscaler().decide(2, idle, 0.0).desired == 2
    assert autoscaler().decide(2, busy, 0.0).desired == 5, "2 pods with 50 requests a second each, 20 wanted"


def test_policies_and_limits_apply() -> None:
    decision = autoscaler().decide(2, [Reading(requests=500_000)] * 2, 0.0)
    assert (decision.desired, decision.replicas) == (50, 6), "4 pods or 100 % in 15 s, whichever is more"
    assert "limited to 6" in str(decision)


def test_scaling_down_waits_for_the_highest_of_five_minutes() -> None:
    hpa = autoscaler()
    hpa.decide(5, [Reading(100, 20_000)] * 5, 0.0)
    assert hpa.decide(5, [Reading(10, 1_000)] * 5, 290.0).replicas == 5
    assert hpa.decide(5, [Reading(10, 1_000)] * 5, 301.0).replicas == 2


def test_a_window_and_a_policy_of_its_own() -> None:
    down = {"stabilizationWindowSeconds": 0, "policies": [{"type": "Pods", "value": 1, "periodSeconds": 60}]}
    assert autoscaler(behavior={"scaleDown": down}).decide(5, [Reading(10, 1_000)] * 5, 0.0).replicas == 4


def test_a_tolerance_of_its_own() -> None:
    pods = [Reading(requests=21_500)] * 4  # 7.5 % above the target
    assert autoscaler().decide(4, pods, 0.0).desired == 4
    assert autoscaler(behavior={"scaleUp": {"tolerance": "0.05"}}).decide(4, pods, 0.0).desired == 5


def test_without_a_request_cpu_says_nothing() -> None:
    decision = autoscaler(request=None).decide(3, [Reading(5_000, 20_000)] * 3, 0.0)
    assert decision.desired == 3
    assert "cpu cannot be read here" in str(decision)


def test_a_pod_without_a_reading_dampens_and_nothing_at_all_changes_nothing() -> None:
    assert autoscaler().decide(2, [Reading(200), Reading(None)], 0.0).desired == 2
    nothing = autoscaler().decide(3, [Reading()] * 3, 0.0)
    assert (nothing.desired, nothing.replicas) == (3, 3)
    assert "nothing could be read" in str(nothing)


def test_rates_need_two_totals_and_start_anew_after_a_restart() -> None:
    moments = iter([0.0, 2.0, 4.0, 6.0])
    gauge = Gauge(lambda: next(moments))
    assert [gauge.rate("a", total) for total in (10.0, 16.0, 1.0, 2.0)] == [None, 3000, None, 500]
    assert gauge.rate("a", None) is None


def test_requests_are_the_tenants_own() -> None:
    text = """
recsys_requests_total{route="/v1/recommendations",status="200"} 40.0
recsys_requests_total{route="/v1/events",status="202"} 2.0
recsys_requests_total{route="/health/live",status="200"} 900.0
recsys_requests_created{route="/v1/events",status="202"} 1.7e9
"""
    assert requests_total(text) == 42


@pytest.mark.parametrize("overlay", ["base", "overlays/dev"])
def test_the_autoscaler_that_is_shipped_can_be_read(overlay: str) -> None:
    folder = Path(__file__).parents[3] / "labs" / "recsys" / "deploy" / "k8s" / overlay
    (resource,) = parse((folder / "hpa.yaml").read_text(), "hpa.yaml")
    decision = Autoscaler(resource, 500).decide(3, [Reading(350, 250_000)] * 3, 0.0)
    assert decision.desired == 3
    assert "cannot be read" not in str(decision)
