"""What is read from manifests, and what a pod's process is started with."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from recsys.cluster.asking import ask, reachable
from recsys.cluster.probes import Probe
from recsys.cluster.rolling import Bounds
from recsys.cluster.runtime import ConfigError, Runtime, expanded
from recsys.cluster.spec import Spec, SpecError, read, spec_of
from recsys.manifests import Inventory, parse

BASE = Path(__file__).parents[3] / "labs" / "recsys" / "deploy" / "k8s" / "base"
SMALL = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      containers:
        - name: recsys
          image: recsys
          args: [serve, --host=0.0.0.0, --port, "9000", "--replica=$(POD)", --precision=fp16, "--alias=$(ALIAS)"]
          env:
            - {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
            - {name: ALIAS, valueFrom: {configMapKeyRef: {name: settings, key: alias}}}
            - {name: THREADS, value: "2"}
            - {name: PASSWORD, valueFrom: {secretKeyRef: {name: secret, key: password}}}
          ports: [{name: http, containerPort: 8080}, {name: real, containerPort: 9000}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {alias: challenger}
---
apiVersion: v1
kind: Service
metadata: {name: shop}
spec: {selector: {app: shop}, ports: [{port: 80, targetPort: http}]}
"""


def small(*changes: tuple[str, str]) -> Spec:
    text = SMALL
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return spec_of(Inventory(parse(text, "small.yaml")), Path("small.yaml"))


def test_the_base_that_is_shipped() -> None:
    spec, _ = read(BASE)
    assert spec.replicas == 3, "the autoscaler's minimum"
    assert spec.bounds(3) == Bounds(1, 0)
    assert (spec.termination.hook, spec.termination.grace) == (5, 30)
    assert (spec.progress_deadline, spec.min_ready) == (300, 0)
    assert (spec.request("cpu"), spec.memory_limit) == (0.5, 2**30)
    assert {kind: (probe.period, probe.failures) for kind, probe in spec.probes.items()} == {
        "startup": (2, 30), "readiness": (5, 2), "liveness": (10, 3),
    }  # fmt: skip
    assert [service.name for service in spec.services] == ["recsys"]
    assert spec.reaches(spec.services[0])


def test_what_is_not_written_has_the_defaults_of_kubernetes() -> None:
    spec = small()
    assert (spec.replicas, spec.hpa, spec.bounds(4)) == (1, None, Bounds(1, 1))
    assert (spec.termination.hook, spec.termination.grace, spec.progress_deadline) == (0, 30, 600)
    assert (spec.probes, spec.request("cpu"), spec.memory_limit) == ({}, None, None)


def test_a_limit_without_a_request_is_the_request() -> None:
    spec = small(("image: recsys", "image: recsys\n          resources: {limits: {cpu: 250m}}"))
    assert spec.request("cpu") == 0.25


def test_a_port_where_nobody_listens_is_not_reached() -> None:
    spec = small()
    assert not spec.reaches(spec.services[0]), "http is 8080, the service listens on 9000"
    assert not reachable(spec.container, "http")
    assert reachable(spec.container, "real")
    reply = ask(Probe.of("readiness", {"httpGet": {"path": "/", "port": "http"}}), spec.container, 1)
    assert (reply.passed, reply.said) == (False, "connection refused")


def test_a_service_on_loopback_is_out_of_reach() -> None:
    assert not reachable(small(("--host=0.0.0.0", "--host=127.0.0.1")).container, "real")


def test_a_service_of_other_labels_is_none() -> None:
    spec = small(("selector: {app: shop}, ports", "selector: {app: stop}, ports"))
    assert spec.services == []
    assert spec.unreachable == "no Service selects the labels of the pods: app=shop"


def test_a_service_that_nobody_reaches_is_named_with_its_line() -> None:
    assert small().unreachable == "small.yaml:29: nobody listens on the target port"
    assert small(("targetPort: http", "targetPort: real")).unreachable == ""


def test_no_replicas_are_none() -> None:
    assert small(("spec:\n  selector", "spec:\n  replicas: 0\n  selector")).replicas == 0


def test_options_and_variables_of_a_pod(tmp_path: Path) -> None:
    runtime = Runtime(small(), tmp_path, "redis://nowhere")
    environment = dict(runtime._environment("shop-1"))
    assert environment == {"POD": "shop-1", "ALIAS": "challenger", "THREADS": "2"}, "a Secret's value is not known here"
    assert list(runtime._options(environment)) == ["--replica=shop-1", "--precision=fp16", "--alias=challenger"]


def test_a_key_that_no_config_map_has_keeps_the_container_from_being_made(tmp_path: Path) -> None:
    spec = small(("key: alias", "key: model"))
    with pytest.raises(ConfigError, match=r"small\.yaml:16: there is no key 'model' in a ConfigMap 'settings'"):
        Runtime(spec, tmp_path, "").start("shop-1")


def test_variables_are_expanded_as_kubernetes_does() -> None:
    # kubernetes.io "Define Environment Variables for a Container": unresolved references stay as they are
    assert expanded("--replica=$(A)-$(B)", {"A": "x"}) == "--replica=x-$(B)"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a: [", r"lab\.yaml:2: "),
        (SMALL.replace("image: recsys", "image: nginx"), "no Deployment here runs the service"),
    ],
)
def test_what_cannot_be_rehearsed_is_said(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "lab.yaml").write_text(text)
    with pytest.raises(SpecError, match=why):
        read(tmp_path / "lab.yaml")


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed: nothing renders")
def test_of_what_kustomize_says_the_innermost_is_told(tmp_path: Path) -> None:
    for folder, resource in (("overlay", "../base"), ("base", "serving"), ("base/serving", "deployment.yaml")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "kustomization.yaml").write_text(f"resources: [{resource}]")
    (tmp_path / "base" / "serving" / "deployment.yaml").write_text("apiVersion: apps/v1\nkind: Deployment\nspec: {}\n")
    with pytest.raises(SpecError, match=r"kustomization\.yaml:1: deployment\.yaml: missing metadata\.name"):
        read(tmp_path / "overlay")
