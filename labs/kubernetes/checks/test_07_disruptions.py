"""Step 7: maintenance takes a pod at a time, and losing a zone does not lose the service."""

import pytest

SPREAD = {"topology.kubernetes.io/zone", "kubernetes.io/hostname"}


def test_the_budget_protects_the_pods_and_lets_maintenance_on(manifests):
    manifests.keep("pdb-selects-nothing", "pdb-blocks-eviction")


def test_it_means_the_same_at_any_number_of_replicas(manifests):
    budget = manifests.one("PodDisruptionBudget")
    found = {name: budget.get("spec", name) for name in ("maxUnavailable", "minAvailable")}
    at = manifests.at(budget, "spec")
    assert found == {"maxUnavailable": 1, "minAvailable": None}, f"{at}: the autoscaler changes the replicas"


def test_broken_pods_do_not_hold_up_a_drain(manifests):
    budget = manifests.one("PodDisruptionBudget")
    policy = budget.get("spec", "unhealthyPodEvictionPolicy")
    assert policy == "AlwaysAllow", f"{manifests.at(budget, 'spec')}: unhealthyPodEvictionPolicy"


def test_pods_are_spread_over_zones_and_nodes(manifests):
    constraints = manifests.workload.get("topologySpreadConstraints") or []
    if not constraints:
        pytest.fail("the pod template has no topologySpreadConstraints: three pods may stand on one node")
    manifests.keep("spread-selector")
    skews = {one.get("topologyKey"): one.get("maxSkew") for one in constraints}
    assert skews == dict.fromkeys(SPREAD, 1), "maxSkew by topologyKey"


def test_a_full_zone_does_not_keep_pods_from_starting(manifests):
    constraints = manifests.workload.get("topologySpreadConstraints") or []
    found = {one.get("whenUnsatisfiable") for one in constraints}
    assert found == {"ScheduleAnyway"}, "whenUnsatisfiable in the base; production may be stricter in its overlay"


def test_a_rollout_does_not_count_the_pods_that_go(manifests):
    constraints = manifests.workload.get("topologySpreadConstraints") or []
    found = [one.get("matchLabelKeys") for one in constraints]
    assert found == [["pod-template-hash"]] * len(constraints), "matchLabelKeys: count pods of the same revision alone"
