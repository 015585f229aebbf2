"""The manifest checker as a tool: reading, positions, quantities, rendering, reports, the command."""

from __future__ import annotations

import builtins
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys.api.routes import operators, tenants
from recsys.manifests import Inventory, Report, check, check_resources, check_text, parse
from recsys.manifests import kustomize as kustomize_module
from recsys.manifests.contract import PATHS
from recsys.manifests.inventory import matches
from recsys.manifests.live import unanswered_probes
from recsys.manifests.resource import UnreadableError
from recsys.manifests.rules.resources import quantity

SERVICE = Path(__file__).resolve().parents[2] / "labs" / "recsys"
SOUND = Path(__file__).parent / "manifests" / "sound.yaml"
needs_kubectl = pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed: nothing renders")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("250m", 0.25), ("1", 1), ("0.5", 0.5), ("1Gi", 2**30), ("1G", 10**9), ("512Mi", 2**29),
        ("1e3", 1000), ("2E", 2e18), ("100k", 1e5),
    ],
)  # fmt: skip
def test_quantities_as_kubernetes_reads_them(text: str, value: float) -> None:
    assert quantity(text) == pytest.approx(value)


def test_what_is_no_quantity_is_not_compared() -> None:
    assert quantity("much") is None
    assert quantity(None) is None


@given(labels=st.dictionaries(st.sampled_from("abc"), st.sampled_from("xyz")), key=st.sampled_from("abc"))
def test_expressions_are_each_others_opposites(labels: dict[str, str], key: str) -> None:
    def holds(operator: str) -> bool:
        return matches({"matchExpressions": [{"key": key, "operator": operator, "values": ["x", "y"]}]}, labels)

    assert holds("In") != holds("NotIn")  # codespell:ignore notin
    assert holds("Exists") != holds("DoesNotExist")
    assert matches({"matchLabels": labels}, labels)
    assert matches({}, labels)


def test_the_paths_it_knows_are_those_that_the_service_answers() -> None:
    answered = {route.path for router in (operators, tenants) for route in router.routes}  # type: ignore[attr-defined]
    assert {path for path in answered if not path.startswith("/v1/")} == PATHS


def test_a_key_written_twice_is_an_error_with_its_line() -> None:
    with pytest.raises(UnreadableError, match="twice") as caught:
        list(parse("a: 1\nb: 2\na: 3\n", "x"))
    assert caught.value.line == 3


def test_broken_yaml_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("kind: [\nx: 1")
    report = check(tmp_path)
    assert [finding.rule for finding in report.findings] == ["yaml"]
    assert not report.ok


def test_a_secret_made_elsewhere_is_a_warning_and_not_an_error() -> None:
    report = check_text(SOUND.read_text().replace("secretKeyRef: {name: store", "secretKeyRef: {name: vaulted"))
    assert [(finding.rule, finding.severity) for finding in report.findings] == [("missing-reference", "warning")]
    assert report.ok


def test_namespaces_are_kept_apart() -> None:
    text = SOUND.read_text().replace(
        "kind: Service\nmetadata: {name: store}", "kind: Service\nmetadata: {name: store, namespace: b}"
    )
    assert {"service-selects-nothing", "governing-service"} == {finding.rule for finding in check_text(text).findings}


def test_an_image_that_is_never_pulled_may_have_a_tag() -> None:
    text = SOUND.read_text().replace(
        "image: redis@sha256:" + 64 * "2", "imagePullPolicy: Never\n          image: redis:7"
    )
    assert check_text(text).findings == []


def test_custom_resources_are_said_to_be_unchecked_by_schema() -> None:
    pytest.importorskip("kubernetes_validate")
    notes = check_text(SOUND.read_text()).notes
    assert any("HTTPRoute (gateway.networking.k8s.io/v1)" in note for note in notes)


def test_without_schemas_the_rules_still_run_and_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: object) -> object:
        if name == "kubernetes_validate":
            raise ImportError(name)
        return real(name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    report = check_text(SOUND.read_text().replace("targetPort: http", "targetPort: web"))
    assert [finding.rule for finding in report.findings] == ["service-port"]
    assert any("pip install kubernetes-validate" in note for note in report.notes)


documents = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["x", "http", "80%", "ranker", ""]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                "spec template metadata labels selector matchLabels containers ports env valueFrom resources requests "
                "limits cpu livenessProbe httpGet path port args name volumes volumeMounts ingress from rules".split()
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=25,
)
kinds = st.sampled_from(
    "Deployment StatefulSet Service HorizontalPodAutoscaler PodDisruptionBudget NetworkPolicy HTTPRoute "
    "ServiceMonitor".split()
)


@settings(max_examples=150, deadline=None)
@given(kind=kinds, spec=documents)
def test_no_document_makes_the_checker_crash(kind: str, spec: object) -> None:
    document = {"apiVersion": "v1", "kind": kind, "metadata": {"name": "x"}, "spec": spec}
    resources = list(parse(yaml.safe_dump(document), "x"))
    check_resources(resources, Report(), versions=("1.31",))


@needs_kubectl
def test_a_fault_in_a_patch_is_found_in_the_patch_and_one_in_the_base_in_the_base(tmp_path: Path) -> None:
    base, overlay = tmp_path / "base", tmp_path / "overlay"
    base.mkdir()
    overlay.mkdir()
    (base / "all.yaml").write_text(SOUND.read_text().replace("path: /health/startup", "path: /starting"))
    (base / "kustomization.yaml").write_text("resources: [all.yaml]\n")
    (overlay / "kustomization.yaml").write_text("resources: [../base]\npatches: [{path: p.yaml}]\n")
    patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ranker}\nspec:\n  replicas: 3\n"
    (overlay / "p.yaml").write_text(patch)
    places = {finding.rule: (Path(finding.file), finding.line) for finding in check(overlay, ("1.31",)).findings}
    line = next(
        number for number, text in enumerate((base / "all.yaml").read_text().splitlines(), 1) if "/starting" in text
    )
    assert places == {"replicas-beside-hpa": (overlay / "p.yaml", 5), "probe-path": (base / "all.yaml", line)}


@needs_kubectl
def test_what_does_not_render_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "kustomization.yaml").write_text("resources: [absent.yaml]\n")
    assert [finding.rule for finding in check(tmp_path).findings] == ["render"]


def test_without_kubectl_a_base_is_read_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    generator = "configMapGenerator: [{name: settings, literals: [alias=champion]}]\n"
    (tmp_path / "kustomization.yaml").write_text("resources: [all.yaml]\n" + generator)
    start, end = (
        SOUND.read_text().split("kind: ConfigMap")[0],
        SOUND.read_text().split("data: {alias: champion}\n---\n")[1],
    )
    (tmp_path / "all.yaml").write_text(start.removesuffix("apiVersion: v1\n") + end)
    monkeypatch.setattr(kustomize_module, "can_render", lambda: False)
    report = check(tmp_path, ("1.31",))
    assert report.findings == []
    assert kustomize_module.UNRENDERED in report.notes


class Live(BaseHTTPRequestHandler):
    """Answers liveness alone."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/health/live" else 503)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Live)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_running_service_is_asked_for_each_probe(url: str) -> None:
    inventory = Inventory(parse(SOUND.read_text(), "x.yaml"))
    failing = [finding.reason for finding in unanswered_probes(inventory, url)]
    assert [reason.split(" its ")[1] for reason in failing] == [
        "startupProbe at /health/startup: status 503",
        "readinessProbe at /health/ready: status 503",
    ]


def command(*arguments: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
    python = [sys.executable, "-m", "recsys", "manifests", "check", *arguments]
    return subprocess.run(python, cwd=SERVICE, capture_output=True, text=True, input=given, timeout=60, check=False)


def test_the_command_prints_findings_and_ends_with_status_1() -> None:
    done = command("-", "--kubernetes", "1.31", given=SOUND.read_text().replace("targetPort: http", "targetPort: web"))
    assert done.returncode == 1
    assert "stdin:100: error [service-port] Service/ranker: sends traffic to port 'web'" in done.stdout


def test_the_command_prints_json() -> None:
    done = command(str(SOUND), "--json", "--kubernetes", "1.31")
    assert done.returncode == 0
    assert json.loads(done.stdout) | {"notes": []} == {"ok": True, "findings": [], "notes": []}


def test_nothing_to_check_is_status_2(tmp_path: Path) -> None:
    done = command(str(tmp_path))
    assert done.returncode == 2
    assert "no Kubernetes resources" in done.stderr
