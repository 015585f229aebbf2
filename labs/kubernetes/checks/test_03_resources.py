"""Step 3: requests that a scheduler can go by, and a memory limit that a healthy pod never meets."""

import pytest

from recsys.manifests.rules.resources import quantity

RESIDENT = 200 * 2**20  # what the service has with the models of the lab, a little generously


def amount(container, way, name):
    found = container.get("resources", way, name)
    if found is None:
        pytest.fail(f"container {container.name!r} has no resources.{way}.{name}")
    return quantity(found)


def quality_of_service(containers):
    """The class of a pod: kubernetes.io "Pod Quality of Service Classes"."""
    asked = [(one.get("resources", "requests") or {}, one.get("resources", "limits") or {}) for one in containers]
    if not any(requests or limits for requests, limits in asked):
        return "BestEffort"
    same = all({"cpu", "memory"} <= set(limits) and (requests or limits) == limits for requests, limits in asked)
    return "Guaranteed" if same else "Burstable"


def test_no_request_is_above_its_limit(manifests):
    manifests.keep("requests-above-limits")


def test_each_container_requests_cpu_and_memory(manifests):
    for container in manifests.workload.every_container():
        assert amount(container, "requests", "cpu") > 0, f"the CPU request of {container.name}"
        assert amount(container, "requests", "memory") > 0, f"the memory request of {container.name}"


def test_the_autoscaler_has_a_request_to_measure_by(manifests):
    manifests.keep("hpa-requests")
    assert 0.1 <= amount(manifests.container, "requests", "cpu") <= 2, "cores that one process of the service requests"


def test_memory_is_limited_with_room_to_spare(manifests):
    limit = amount(manifests.container, "limits", "memory")
    assert limit >= 2 * RESIDENT, "bytes of its memory limit: the service has 200 MiB, and is killed above the limit"
    assert limit <= 16 * 2**30, "bytes of its memory limit: a leak is to end before the node does"
    assert amount(manifests.container, "requests", "memory") >= RESIDENT, "bytes of its memory request"


def test_who_is_evicted_first(manifests):
    found = quality_of_service(list(manifests.workload.every_container()))
    assert found != "BestEffort", "the pod's QoS class: BestEffort pods go first when a node runs short of memory"


def test_threads_do_not_outnumber_the_processors(manifests):
    config = manifests.one("ConfigMap", "recsys-config")
    threads, limit = int(config.get("data", "threads")), manifests.container.get("resources", "limits", "cpu")
    if limit is not None:
        assert quantity(limit) >= threads, (
            "the CPU limit, against the threads of the linear algebra: fewer are throttled"
        )
