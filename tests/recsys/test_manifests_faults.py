"""Each fault planted alone into sound manifests is found by the one rule for it, at its line."""
# ruff: noqa: E501 - the faults are a table: one a line

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import NamedTuple

import pytest

from recsys.manifests import RULES, Report, check_text

SOUND = (Path(__file__).parent / "manifests" / "sound.yaml").read_text()
WITH_SCHEMAS = importlib.util.find_spec("kubernetes_validate") is not None
needs_schemas = pytest.mark.skipif(not WITH_SCHEMAS, reason="kubernetes-validate is not installed: no schemas")


class Fault(NamedTuple):
    """A text to replace, what by, the rule that must object, and a piece of the line that it must point at."""

    old: str
    new: str
    rule: str
    line: str


FAULTS = [
    # selectors and labels
    Fault("{app: ranker}\n  template", "{app: ranker, v: two}\n  template", "selector-mismatch", "selector:"),
    Fault("selector: {app: store}", "selector: {app: storex}", "service-selects-nothing", "selector: {app: storex}"),
    Fault("  selector: {app: ranker}\n", "", "service-selects-nothing", "spec:"),
    Fault("values: [web]", "values: [batch]", "policy-selects-nothing", "podSelector:"),
    Fault("{key: tier, operator: In, values: [web]}", "{key: team, operator: Exists}", "policy-selects-nothing", "podSelector:"),
    Fault("podSelector:\n    matchLabels: {app: store}", "podSelector:\n    matchLabels: {app: redis}", "policy-selects-nothing", "podSelector:"),
    Fault("labelSelector:\n            matchLabels: {app: ranker}", "labelSelector:\n            matchLabels: {app: web}", "spread-selector", "labelSelector:"),
    Fault("          labelSelector:\n            matchLabels: {app: ranker}\n", "", "spread-selector", "maxSkew"),
    Fault("  maxUnavailable: 1\n  selector:\n    matchLabels: {app: ranker}", "  maxUnavailable: 1\n  selector:\n    matchLabels: {app: none}", "pdb-selects-nothing", "selector:"),
    Fault("kind: ServiceMonitor\nmetadata: {name: ranker}\nspec:\n  selector:\n    matchLabels: {app: ranker}", "kind: ServiceMonitor\nmetadata: {name: ranker}\nspec:\n  selector:\n    matchLabels: {app: x}", "monitor-target", "selector:"),
    Fault("- port: http", "- port: metrics", "monitor-target", "- port: metrics"),
    # ports and routes
    Fault("targetPort: http", "targetPort: web", "service-port", "targetPort: web"),
    Fault("targetPort: http", "targetPort: 9000", "service-port", "targetPort: 9000"),
    Fault("{name: redis, port: 6379}", "{name: redis, port: 6380}", "service-port", "port: 6380"),
    Fault("- {name: ranker, port: 80}", "- {name: ranker, port: 8080}", "route-backend", "port: 8080"),
    Fault("- {name: ranker, port: 80}", "- {name: rankers, port: 80}", "route-backend", "rankers"),
    Fault("serviceName: store", "serviceName: redis", "governing-service", "serviceName: redis"),
    Fault("  clusterIP: None\n", "", "governing-service", "serviceName: store"),
    # probes
    Fault("path: /health/live, port: 8080}", "path: /health/live, port: 8080}\n            tcpSocket: {port: 8080}", "probe-handlers", "livenessProbe:"),
    Fault("httpGet: {path: /health/ready, port: http}", "periodSeconds: 3", "probe-handlers", "readinessProbe:"),
    Fault("path: /health/live, port: 8080", "path: /health/live, port: 8081", "probe-port", "port: 8081"),
    Fault("path: /health/ready, port: http", "path: /health/ready, port: web", "probe-port", "port: web"),
    Fault("path: /health/startup", "path: /healthz", "probe-path", "path: /healthz"),
    Fault("path: /health/ready", "path: /health/readyx", "probe-path", "path: /health/readyx"),
    Fault("--host=0.0.0.0, ", "", "listen-address", "args:"),
    Fault("          readinessProbe:\n            tcpSocket: {port: redis}\n", "", "no-readiness-probe", "- name: redis"),
    Fault("path: /health/live,", "path: /health/ready,", "liveness-dependencies", "livenessProbe:"),
    Fault("[redis-cli, ping]", "[redis-cli, -h, other, ping]", "liveness-dependencies", "livenessProbe:"),
    # resources and scaling
    Fault("memory: 512Mi", "memory: 2Gi", "requests-above-limits", "requests:"),
    Fault("limits: {memory: 1Gi}", "limits: {memory: 1Gi, cpu: 0.4}", "requests-above-limits", "requests:"),
    Fault("metadata: {name: ranker}\nspec:\n  selector:\n    matchLabels: {app: ranker}\n  template", "metadata: {name: ranker}\nspec:\n  replicas: 3\n  selector:\n    matchLabels: {app: ranker}\n  template", "replicas-beside-hpa", "replicas: 3"),
    Fault("requests: {cpu: 500m, memory: 512Mi}", "requests: {memory: 512Mi}", "hpa-requests", "resources:"),
    Fault("kind: Deployment, name: ranker}", "kind: Deployment, name: ranking}", "hpa-target", "scaleTargetRef"),
    Fault("maxReplicas: 9", "maxReplicas: 2", "hpa-bounds", "minReplicas: 3"),
    # references
    Fault("{name: settings, key: alias}", "{name: settings, key: model}", "missing-key", "key: model"),
    Fault("{name: store, key: url}", "{name: store, key: address}", "missing-key", "key: address"),
    Fault("[{key: keys.json", "[{key: ring.json", "missing-key", "key: ring.json"),
    Fault("{name: settings, key: alias}", "{name: settingsx, key: alias}", "missing-reference", "settingsx"),
    Fault("secretKeyRef: {name: store", "secretKeyRef: {name: stores", "missing-reference", "stores"),
    Fault("serviceAccountName: ranker", "serviceAccountName: rank", "missing-reference", "serviceAccountName: rank"),
    Fault("claimName: journal", "claimName: journals", "missing-reference", "claimName: journals"),
    Fault("- {name: journal, mountPath", "- {name: journalx, mountPath", "mount-without-volume", "journalx"),
    # disruption, stopping, images, security
    Fault("maxUnavailable: 1\n", "maxUnavailable: 0\n", "pdb-blocks-eviction", "maxUnavailable: 0"),
    Fault("maxUnavailable: 1\n", "minAvailable: 3\n", "pdb-blocks-eviction", "minAvailable: 3"),
    Fault("maxUnavailable: 1\n", "minAvailable: 67%\n", "pdb-blocks-eviction", "minAvailable: 67%"),
    Fault("sleep: {seconds: 5}", "sleep: {seconds: 30}", "grace-period", "terminationGracePeriodSeconds"),
    Fault("sleep: {seconds: 5}", "exec: {command: [sh, -c, sleep 45]}", "grace-period", "terminationGracePeriodSeconds"),
    Fault("image: redis@sha256:" + 64 * "2", "image: redis:7", "mutable-tag", "image: redis:7"),
    Fault("image: redis@sha256:" + 64 * "2", "image: redis@sha256:22", "mutable-tag", "image: redis@"),
    Fault("        runAsNonRoot: true\n        seccomp", "        seccomp", "security-context", "securityContext:"),
    Fault("capabilities: {drop: [ALL]}\n          volumeMounts", "capabilities: {drop: [CHOWN]}\n          volumeMounts", "security-context", "securityContext:"),
]  # fmt: skip


def planted(fault: Fault) -> str:
    assert fault.old in SOUND, "the fault no longer fits the sound manifests"
    return SOUND.replace(fault.old, fault.new, 1)


def rules(report: Report) -> set[str]:
    return {finding.rule for finding in report.findings}


def test_sound_manifests_have_no_findings() -> None:
    assert check_text(SOUND).findings == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.rule}: {fault.new.strip()[-30:]!r}")
def test_a_planted_fault_is_found_by_its_rule_alone_at_its_line(fault: Fault) -> None:
    text = planted(fault)
    report = check_text(text, "x.yaml", versions=("1.31",))  # a finding of the schema would show as another rule
    assert rules(report) == {fault.rule}
    lines = [text.splitlines()[finding.line - 1] for finding in report.findings]
    assert any(fault.line in line for line in lines), lines
    assert not any("could not judge" in note for note in report.notes)


def test_every_rule_has_a_planted_fault() -> None:
    found = {fault.rule.replace("-", "_") for fault in FAULTS}
    names = {rule.__name__ for rule in RULES}
    assert names - found == {"overlapping_selectors"}  # planted below: it takes two workloads


def test_two_workloads_that_select_each_others_pods() -> None:
    other = SOUND[
        SOUND.index("apiVersion: apps/v1\nkind: Deployment") : SOUND.index("---\napiVersion: v1\nkind: Service\n")
    ]
    report = check_text(
        SOUND + "---\n" + other.replace("name: ranker}\nspec", "name: twin}\nspec", 1), versions=("1.31",)
    )
    assert rules(report) == {"overlapping-selectors"}


@pytest.mark.parametrize(
    "fault",
    [
        Fault("averageUtilization: 70", 'averageUtilization: "70%"', "schema", "averageUtilization"),
        Fault("target: {type: Utilization, averageUtilization: 70}", "target: 70%", "schema", "target: 70%"),
        Fault("metrics:\n    - type", "targetCPUUtilization: 70\n  metrics:\n    - type", "schema", "targetCPUUtilization"),
        Fault("      volumes:\n", "      volumeMounts: []\n      volumes:\n", "schema", "volumeMounts: []"),
        Fault("readinessProbe:\n            tcp", "readinessProb: {}\n          readinessProbe:\n            tcp", "schema", "readinessProb:"),
    ],
    ids=lambda fault: fault.new.strip()[:30],
)  # fmt: skip
@needs_schemas
def test_fields_that_do_not_exist_are_found_by_the_strict_schema(fault: Fault) -> None:
    text = planted(fault)
    report = check_text(text)
    schema = [finding for finding in report.findings if finding.rule == "schema"]
    assert len(schema) == 1
    assert fault.line in text.splitlines()[schema[0].line - 1]
