"""What is deployed: overlays render and pass, images are pinned, arguments and queries are those of the service."""

from __future__ import annotations

import importlib.util
import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry

from recsys.__main__ import parser as service_parser
from recsys.manifests import Inventory, Report, check_resources
from recsys.manifests.check import load
from recsys.manifests.contract import PORT
from recsys.metrics import LATENCY, ROUTES, Metrics
from recsys.pipeline import _parser as pipeline_parser
from recsys.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "labs" / "recsys" / "deploy"
OVERLAYS = [
    *(DEPLOY / "k8s" / "overlays" / name for name in ("dev", "staging", "prod", "canary", "gpu")),
    DEPLOY / "ci" / "argo",
]
RULE_FILES = ("rules.yaml", "alerts-slo.yaml", "alerts.yaml")
needs_kubectl = pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed: nothing renders")
needs_promtool = pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")


@cache
def rendered(overlay: Path) -> Inventory:
    """The resources of an overlay, which must render."""
    report = Report()
    resources = load(overlay, report)
    assert report.findings == []
    return Inventory(resources)


@needs_kubectl
@pytest.mark.parametrize("overlay", OVERLAYS, ids=lambda path: path.name)
def test_each_overlay_renders_and_passes_schema_and_rules(overlay: Path) -> None:
    report = check_resources(rendered(overlay).resources, Report())
    made_by_hand = [finding for finding in report.findings if finding.severity == "warning"]
    assert report.findings == made_by_hand
    assert {finding.rule for finding in made_by_hand} == ({"missing-reference"} if overlay.name == "dev" else set())
    if importlib.util.find_spec("kubernetes_validate") is None:
        pytest.skip("passed the rules; kubernetes-validate is not installed, so the schema was not checked")
    assert not any("Deployment" in note or "Autoscaler" in note for note in report.notes)


@needs_kubectl
def test_production_has_what_the_design_promises() -> None:
    inventory = rendered(OVERLAYS[2])
    kinds = {resource.kind for resource in inventory.resources}
    assert kinds >= {
        "Deployment", "Service", "HTTPRoute", "HorizontalPodAutoscaler", "PodDisruptionBudget", "ConfigMap",
        "ExternalSecret", "NetworkPolicy",
        "ServiceAccount", "StatefulSet", "ServiceMonitor", "PrometheusRule", "PersistentVolumeClaim",
    }  # fmt: skip
    assert "Secret" not in kinds
    service = next(one for one in inventory.workloads if one.resource.name == "recsys")
    [container] = service.containers()
    assert all(container.get(probe) for probe in ("startupProbe", "livenessProbe", "readinessProbe"))
    grace = service.get("terminationGracePeriodSeconds")
    assert grace > container.get("lifecycle", "preStop", "sleep", "seconds") + Settings().shutdown_timeout
    assert [one["whenUnsatisfiable"] for one in service.get("topologySpreadConstraints")] == [
        "DoNotSchedule", "ScheduleAnyway",
    ]  # fmt: skip
    [hpa] = inventory.kind("HorizontalPodAutoscaler")
    assert [metric["type"] for metric in hpa.get("spec", "metrics")] == ["Resource", "Pods"]


@needs_kubectl
def test_the_canary_serves_the_challenger_to_a_twentieth_of_the_requests() -> None:
    inventory = rendered(OVERLAYS[3])
    [route] = inventory.kind("HTTPRoute")
    weights = {one["name"]: one["weight"] for one in route.get("spec", "rules", 0, "backendRefs")}
    assert weights == {"recsys": 95, "recsys-canary": 5}
    stable, canary = (next(one for one in inventory.workloads if one.resource.name == name) for name in weights)
    aliases = [
        next(e for e in c.items("env") if e["name"] == "MODEL_ALIAS") for w in (stable, canary) for c in w.containers()
    ]
    assert aliases[0]["valueFrom"]["configMapKeyRef"]["key"] == "model-alias"
    assert aliases[1] == {"name": "MODEL_ALIAS", "value": "challenger"}
    for own, other in ((stable, canary), (canary, stable)):
        selector = inventory.find("Service", own.resource.name, "recsys").get("spec", "selector")
        assert inventory.pods({"matchLabels": selector}, "recsys") == [own] != [other]


@needs_kubectl
@pytest.mark.parametrize("overlay", OVERLAYS, ids=lambda path: path.name)
def test_the_service_understands_the_arguments_that_each_pod_gives_it(overlay: Path) -> None:
    for workload in rendered(overlay).workloads:
        for container in workload.containers():
            if container.name == "recsys":
                options = service_parser().parse_args([str(one) for one in container.items("args")])
                mounts = [mount["mountPath"] for mount in container.items("volumeMounts")]
                assert (options.host, options.port) == ("0.0.0.0", container.items("ports")[0]["containerPort"])
                assert str(options.state) in mounts
                assert str(Settings(state=options.state).journals) in mounts


def instructions(name: str = "Dockerfile") -> list[tuple[str, str]]:
    text = re.sub(r"\\\n", " ", (DEPLOY / name).read_text())
    return [tuple(line.split(None, 1)) for line in text.splitlines() if line and not line.startswith("#")]  # type: ignore[misc]


def test_the_images_are_pinned_multi_stage_and_not_root() -> None:
    found = instructions()
    [base] = [value for word, value in found if word == "ARG"]
    assert re.fullmatch(r"PYTHON=docker\.io/library/python:3\.\d+\.\d+-slim-\w+@sha256:[0-9a-f]{64}", base)
    assert [value for word, value in found if word == "FROM"] == [
        f"${{PYTHON}} AS {one}" for one in ("build", "service", "models")
    ]
    assert [value for word, value in found if word == "USER"] == ["65532:65532"] * 2
    assert all(value.startswith("[") for word, value in found if word in ("CMD", "ENTRYPOINT"))
    assert any("/health/ready" in value for word, value in found if word == "HEALTHCHECK")


def test_the_image_starts_the_service_where_the_checker_expects_it() -> None:
    command = next(json.loads(value) for word, value in instructions() if word == "CMD")
    options = service_parser().parse_args(command)
    assert (options.host, options.port) == ("0.0.0.0", PORT)


def test_the_builder_gets_no_more_than_the_image_needs() -> None:
    allowed = {
        line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines() if line.startswith("!")
    }
    copied = {value.split()[-2] for word, value in instructions() if word == "COPY" and "--from" not in value}
    assert allowed == copied
    assert all((ROOT / path).exists() for path in copied)


@pytest.mark.parametrize("script", ["kind.sh", "ci/cluster.sh"])
def test_scripts_are_sound_bash(script: str) -> None:
    path = DEPLOY / script
    subprocess.run(["bash", "-n", str(path)], check=True, timeout=10)
    assert path.stat().st_mode & 0o111
    assert "set -euo pipefail" in path.read_text()


# Prometheus and Grafana


def exposed() -> dict[str, set[str]]:
    """The series that the service's metrics make, with their labels."""
    registry = CollectorRegistry()
    Metrics(registry)
    names: dict[str, set[str]] = {}
    for collector, series in registry._collector_to_names.items():
        labels = set(getattr(collector, "_labelnames", ()))
        for name in series:
            names[name] = labels | ({"le"} if name.endswith("_bucket") else set())
    return names


def recorded() -> set[str]:
    return {rule["record"] for group in groups() for rule in group["rules"] if "record" in rule}


def groups() -> Iterator[dict[str, Any]]:
    for name in RULE_FILES:
        yield from yaml.safe_load((DEPLOY / "prometheus" / name).read_text())["groups"]


def queries() -> Iterator[str]:
    for group in groups():
        yield from (rule["expr"] for rule in group["rules"])
    for panel in dashboard()["panels"]:
        yield from (target["expr"] for target in panel.get("targets", []))
    analysis = yaml.safe_load((DEPLOY / "ci" / "argo" / "analysis.yaml").read_text())
    yield from (metric["provider"]["prometheus"]["query"] for metric in analysis["spec"]["metrics"])
    adapter = yaml.safe_load((DEPLOY / "prometheus" / "adapter.yaml").read_text())
    yield from (rule["seriesQuery"] for rule in adapter["rules"])


def dashboard() -> Any:
    return json.loads((DEPLOY / "grafana" / "recsys.json").read_text())


def test_every_metric_and_label_that_is_queried_exists() -> None:
    names, rules = exposed(), recorded()
    outside = {"job", "instance", "pod", "namespace"}
    seen = set()
    for query in queries():
        for name, selector in re.findall(
            r"\b((?:job\w*:)?recsys_[a-z_0-9:]+)(?:\{([^}]*(?:\{\{[^}]*\}\}[^}]*)*)\})?", query
        ):
            seen.add(name)
            assert name in names or name in rules, f"{name} is not exposed: {query}"
            labels = set(re.findall(r'(\w+)\s*(?:=~|!~|!=|=)\s*"', selector))
            assert labels <= outside | names.get(name, {"job"}), (
                f"{name} has no label {labels - names.get(name, set())}"
            )
    assert len(seen) > 20


def test_routes_and_buckets_that_are_named_in_queries_exist() -> None:
    for query in queries():
        for pattern in re.findall(r'route=~?"([^"]+)"', query):
            assert any(re.fullmatch(pattern, route) for route in ROUTES)
        for bound in re.findall(r'le="([^"]+)"', query):
            assert float(bound) in LATENCY


def test_every_metric_of_the_service_is_on_the_dashboard_or_in_a_rule() -> None:
    text = "\n".join(queries())
    base = {re.sub(r"_(total|bucket|count|sum|created)$", "", name) for name in exposed()}
    assert {name for name in base if name not in text} == set()


def test_panels_do_not_overlap_and_have_ids_of_their_own() -> None:
    panels = dashboard()["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    cells = [
        (x, y)
        for panel in panels
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) == 23


def test_every_alert_has_a_severity_and_a_runbook_that_is_written() -> None:
    headings = set(re.findall(r"^### (\S+)$", (DEPLOY / "README.md").read_text(), re.M))
    alerts = [rule for group in groups() for rule in group["rules"] if "alert" in rule]
    assert {rule["labels"]["severity"] for rule in alerts} == {"page", "ticket"}
    assert {rule["annotations"]["runbook_url"].partition("#")[2] for rule in alerts} == headings
    assert all({"summary", "description"} <= rule["annotations"].keys() for rule in alerts)


@pytest.mark.parametrize(("metric", "budget"), [("errors", 0.001), ("slow", 0.01)])
def test_burn_rates_are_those_of_the_sre_workbook(metric: str, budget: float) -> None:
    """Table 5-8: 2 % of the month in an hour, 5 % in six hours, 10 % in three days; the short window a twelfth."""
    expected = {(0.02, 1, "page"), (0.05, 6, "page"), (0.10, 72, "ticket")}
    found = set()
    hours = {"m": 1 / 60, "h": 1, "d": 24}
    for rule in (rule for group in groups() for rule in group["rules"] if rule.get("labels", {}).get("slo") == metric):
        conditions = re.findall(r"ratio_rate(\d+)(\w) > ([\d.]+) \* ([\d.]+)", rule["expr"])
        (long, factor), (short, same) = ((int(n) * hours[unit], float(f)) for n, unit, f, _ in conditions)
        assert factor == same
        assert short == pytest.approx(long / 12)
        assert {float(allowed) for *_, allowed in conditions} == {budget}
        found.add((round(factor * long / (30 * 24), 6), long, rule["labels"]["severity"]))
    assert found == expected


def test_the_operators_rules_are_the_plain_ones() -> None:
    done = subprocess.run(
        [sys.executable, str(DEPLOY / "prometheus" / "wrap.py")], capture_output=True, text=True, check=True
    )
    assert done.stdout == (DEPLOY / "k8s" / "components" / "monitoring" / "prometheusrule.yaml").read_text()
    assert yaml.safe_load(done.stdout)["spec"]["groups"] == list(groups())


@needs_kubectl
def test_the_autoscalers_metric_is_the_adapters() -> None:
    adapter = yaml.safe_load((DEPLOY / "prometheus" / "adapter.yaml").read_text())
    offered = {rule["name"]["as"] for rule in adapter["rules"]}
    for overlay in OVERLAYS:
        for hpa in rendered(overlay).kind("HorizontalPodAutoscaler"):
            wanted = {one["pods"]["metric"]["name"] for one in hpa.get("spec", "metrics") if one["type"] == "Pods"}
            assert wanted <= offered


def promtool(*arguments: str, folder: Path = DEPLOY / "prometheus") -> int:
    done = subprocess.run(["promtool", *arguments], cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode


@needs_promtool
def test_rules_are_valid_and_pass_their_unit_tests() -> None:
    assert promtool("check", "rules", *RULE_FILES) == 0
    assert promtool("check", "config", "prometheus.yaml") == 0
    assert promtool("test", "rules", "rules.test.yaml", "steady.test.yaml") == 0


@needs_promtool
@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("rules.yaml", 'status=~"5.."', 'status=~"[45].."'),
        ("rules.yaml", 'route=~"/v1/.*", status', "status"),
        ("alerts-slo.yaml", "ratio_rate5m > 14.4", "ratio_rate1h > 14.4"),
        ("alerts-slo.yaml", "ratio_rate1h > 14.4 * 0.001", "ratio_rate1h > 0.144"),
        ("alerts.yaml", 'absent(up{job="recsys"} == 1)', 'absent(up{job="recsys"})'),
        ("alerts.yaml", "max by (job) (recsys_store_up)", "min by (job) (recsys_store_up)"),
        ("alerts.yaml", " and delta(recsys_ingestion_lag_bytes[10m]) >= 0", ""),
    ],
)
def test_a_broken_rule_fails_its_unit_tests(tmp_path: Path, file: str, old: str, new: str) -> None:
    for name in (*RULE_FILES, "rules.test.yaml"):
        shutil.copy(DEPLOY / "prometheus" / name, tmp_path)
    text = (tmp_path / file).read_text()
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new))
    assert promtool("test", "rules", "rules.test.yaml", folder=tmp_path) == 1


@needs_promtool
def test_the_dashboards_queries_are_promql(tmp_path: Path) -> None:
    """promtool has no check for a query alone, so each becomes a recording rule."""
    rules = [
        {"record": f"panel:query:{number}", "expr": query.replace("$__rate_interval", "5m").replace("$job", "recsys")}
        for number, query in enumerate(query for panel in dashboard()["panels"] for query in expressions(panel))
    ]
    (tmp_path / "panels.yaml").write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    assert promtool("check", "rules", "panels.yaml", folder=tmp_path) == 0


def expressions(panel: dict[str, Any]) -> list[str]:
    return [target["expr"] for target in panel.get("targets", [])]


# The release


def workflow() -> Any:
    return yaml.safe_load((DEPLOY / "ci" / "release.yaml").read_text())


def steps() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, job in workflow()["jobs"].items():
        yield from ((name, step) for step in job["steps"])


def test_actions_are_pinned_by_commit_with_their_version_beside() -> None:
    used = [line for line in (DEPLOY / "ci" / "release.yaml").read_text().splitlines() if "uses:" in line]
    assert len(used) > 10
    for line in used:
        assert re.search(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


def test_the_token_may_read_and_only_image_jobs_write() -> None:
    jobs = workflow()["jobs"]
    assert workflow()["permissions"] == {"contents": "read"}
    writing = {name for name, job in jobs.items() if "write" in (job.get("permissions") or {}).values()}
    assert writing == {"images", "promote"}
    assert all(
        step.get("with", {}).get("persist-credentials") is False
        for _, step in steps()
        if "checkout" in str(step.get("uses"))
    )


def test_no_script_has_an_expression_pasted_into_it() -> None:
    assert [step["run"] for _, step in steps() if "${{" in step.get("run", "")] == []


def test_jobs_follow_each_other_and_end() -> None:
    jobs = workflow()["jobs"]
    order = list(jobs)
    assert order == ["check", "train", "images", "canary", "promote"]
    for position, (_, job) in enumerate(jobs.items()):
        needs = job.get("needs", [])
        assert set([needs] if isinstance(needs, str) else needs) <= set(order[:position])
        assert job["timeout-minutes"] <= 180
    assert jobs["promote"]["environment"] == "production"


def test_the_pipelines_steps_come_in_order_and_are_understood() -> None:
    run = [step["run"] for name, step in steps() if name == "train" and "recsys.pipeline" in step.get("run", "")]
    options = [pipeline_parser().parse_args(shlex.split(one.partition("recsys.pipeline ")[2])) for one in run]
    assert [one.step for one in options] == ["validate", "train", "evaluate", "promote"]
    assert {str(one.state) for one in options} == {"state"}


def test_the_rollout_judges_every_step_with_templates_that_exist() -> None:
    folder = DEPLOY / "ci" / "argo"
    rollout, analysis = (yaml.safe_load((folder / name).read_text()) for name in ("rollout.yaml", "analysis.yaml"))
    plan = rollout["spec"]["strategy"]["canary"]["steps"]
    weights = [step["setWeight"] for step in plan if "setWeight" in step]
    assert weights == sorted(weights)
    for position, step in enumerate(plan):
        if "setWeight" in step:
            judged = plan[position + 1]["analysis"]
            assert [one["templateName"] for one in judged["templates"]] == [analysis["metadata"]["name"]]
            given = {one["name"] for one in judged["args"]}
            assert given == {one["name"] for one in analysis["spec"]["args"] if "value" not in one}
    used = set(re.findall(r"\{\{args\.([\w-]+)\}\}", json.dumps(analysis)))
    assert used == {one["name"] for one in analysis["spec"]["args"]}
