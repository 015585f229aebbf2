"""Step 8: an autoscaler that owns the number of pods, tried out on measurements by Kubernetes' own arithmetic."""

import pytest

from recsys.cluster.autoscaler import Autoscaler, Reading


@pytest.fixture
def decide(manifests):
    """What a fresh autoscaler decides on pods of so many per cent of their CPU request and requests a second."""
    hpa = manifests.one("HorizontalPodAutoscaler")
    if not hpa.get("spec", "maxReplicas") or not hpa.items("spec", "metrics"):
        pytest.fail(f"{manifests.at(hpa, 'spec')}: it has no maxReplicas or no metrics")
    if bad := [str(one) for one in hpa.items("spec", "metrics") if not _has_target(one)]:
        pytest.fail(f"{manifests.at(hpa, 'spec', 'metrics')}: a metric without a target of the API: {bad[0]}")
    scaler = Autoscaler(hpa, 500)

    def decided(pods, share, requests=0.0, now=0.0):
        reading = Reading(cpu=int(5 * share), requests=int(requests * 1000))
        return scaler.decide(pods, [reading] * pods, now)

    return decided


def _has_target(metric):
    return any(isinstance((metric.get(kind) or {}).get("target"), dict) for kind in ("resource", "pods"))


def test_the_schema_accepts_it(manifests):
    manifests.pass_schema("HorizontalPodAutoscaler")


def test_it_scales_the_deployment_and_alone(manifests):
    manifests.keep("hpa-target", "hpa-bounds", "replicas-beside-hpa")


def test_there_are_always_enough_to_lose_one(manifests):
    least = manifests.one("HorizontalPodAutoscaler").get("spec", "minReplicas")
    assert least == 3, "minReplicas: one for each zone"


def test_busy_processors_bring_more_pods(decide):
    assert decide(4, 70).desired == 4, "pods wanted where 4 use 70 % of their CPU request"
    assert decide(4, 105).desired == 6, "pods wanted where 4 use 105 % of their CPU request, target 70 %"


def test_so_do_requests(decide):
    assert decide(4, 30, requests=500).desired == 8, "pods wanted where 4 get 500 requests a second each, target 250"


def test_it_grows_at_once(decide):
    assert decide(4, 140).replicas >= 8, "pods after one decision where 4 use twice their target"


def test_a_lull_removes_nothing(decide):
    decide(12, 70)
    assert decide(12, 10, now=120.0).replicas == 12, "pods two minutes into a lull: it may be over in the third"


def test_it_shrinks_little_by_little(decide):
    decide(20, 70)
    after = decide(20, 5, now=400.0)
    assert after.replicas >= 15, f"pods after one decision in a long lull, where {after.desired} would do"
    assert after.replicas < 20, "pods after a lull of 400 s"
