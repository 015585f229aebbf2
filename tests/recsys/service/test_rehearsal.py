"""Rehearsals of a Deployment with real processes and real requests: sound manifests lose none, broken ones show it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml

from recsys.__main__ import main
from recsys.cluster.cluster import Cluster
from recsys.cluster.plan import Conditions, Plan
from recsys.cluster.rehearsal import Outcome, rehearse
from recsys.cluster.spec import Spec, read
from recsys.cluster.timeline import Clock
from recsys.settings import Settings

MANIFESTS = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: recsys}
spec:
  replicas: 2
  progressDeadlineSeconds: 120
  strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
  selector: {matchLabels: {app: recsys}}
  template:
    metadata: {labels: {app: recsys}}
    spec:
      terminationGracePeriodSeconds: 20
      containers:
        - name: recsys
          image: recsys
          args: [serve, --host=0.0.0.0, --port=8080, "--replica=$(POD_NAME)"]
          env: [{name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]
          ports: [{name: http, containerPort: 8080}]
          startupProbe: {httpGet: {path: /health/startup, port: http}, periodSeconds: 1, failureThreshold: 60}
          readinessProbe: {httpGet: {path: /health/ready, port: http}, periodSeconds: 2, timeoutSeconds: 2}
          livenessProbe: {httpGet: {path: /health/live, port: http}, periodSeconds: 2, timeoutSeconds: 2}
          lifecycle: {preStop: {sleep: {seconds: 3}}}
          resources: {requests: {cpu: 100m}}
---
apiVersion: v1
kind: Service
metadata: {name: recsys}
spec: {selector: {app: recsys}, ports: [{port: 80, targetPort: http}]}
"""
HPA = """
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: recsys}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: recsys}
  maxReplicas: 3
  metrics:
    - type: Pods
      pods: {metric: {name: recsys_requests_per_second}, target: {type: AverageValue, averageValue: "6"}}
"""
Change = Callable[[dict[str, Any], dict[str, Any]], object]


@pytest.fixture(autouse=True)
def nothing_left() -> Any:
    """Whatever a rehearsal comes to, its processes are gone afterwards."""
    before = {process.pid for process in psutil.Process().children(recursive=True)}
    yield
    assert {process.pid for process in psutil.Process().children(recursive=True)} <= before


def written(folder: Path, change: Change = lambda deployment, container: None, more: str = "") -> Spec:
    """The manifests, with a change to the Deployment's spec and to its container."""
    documents = list(yaml.safe_load_all(MANIFESTS + more))
    change(documents[0]["spec"], documents[0]["spec"]["template"]["spec"]["containers"][0])
    (folder / "manifests.yaml").write_text(yaml.safe_dump_all(documents))
    return read(folder / "manifests.yaml")[0]


@pytest.fixture
def settings(trained: tuple[Path, Mapping[str, str]]) -> Settings:
    return Settings(state=trained[0])


def updated(spec: Spec, settings: Settings) -> Outcome:
    return rehearse(spec, settings, Plan(update=True, rate=20, limit=150))


def test_an_update_of_sound_manifests_loses_no_request(
    tmp_path: Path, trained: tuple[Path, Mapping[str, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    written(tmp_path)
    before = signal.getsignal(signal.SIGTERM)
    try:
        status = main(["rehearse", str(tmp_path / "manifests.yaml"), "--update", "--json", "--state", str(trained[0])])
    finally:
        signal.signal(signal.SIGTERM, before)
    said = json.loads(capsys.readouterr().out)
    assert (status, said["sound"], said["updated"], said["requests"]["failed"]) == (0, True, "complete", 0), said
    assert said["requests"]["answered"] > 100
    assert set(said["requests"]["strategies"]) <= {"personal", "popular"}, "no pod got traffic before its models"
    reasons = [(one["subject"], one["reason"]) for one in said["timeline"]]
    assert reasons.index(("recsys-2-3", "Ready")) < min(
        place for place, (_, reason) in enumerate(reasons) if reason == "Killing"
    ), "the first old pod went only when a new one was ready"


def test_without_a_hook_requests_meet_pods_that_have_stopped(tmp_path: Path, settings: Settings) -> None:
    outcome = updated(written(tmp_path, lambda spec, container: container.pop("lifecycle")), settings)
    assert outcome.updated == "complete"
    assert outcome.tally.failed > 0
    stops = [one.at for one in outcome.events if one.reason == "TERM"]
    assert all(any(0 <= one.at - stop <= 3 for stop in stops) for one in outcome.tally.failures)


def test_with_everything_unavailable_at_once_requests_fail(tmp_path: Path, settings: Settings) -> None:
    everything = {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": "100%"}}
    outcome = updated(written(tmp_path, lambda spec, container: spec.update(strategy=everything)), settings)
    assert outcome.updated == "complete"
    assert outcome.tally.failed > 10
    assert not outcome.sound


def test_without_probes_pods_get_requests_before_they_listen(tmp_path: Path, settings: Settings) -> None:
    def no_probes(spec: dict[str, Any], container: dict[str, Any]) -> None:
        for kind in ("startup", "readiness", "liveness"):
            container.pop(f"{kind}Probe")

    at_once = Conditions(lag=0)  # a quick machine starts a pod before word of it has spread
    outcome = rehearse(
        written(tmp_path, no_probes), settings, Plan(update=True, rate=40, limit=150, conditions=at_once)
    )
    assert outcome.updated == "complete"
    assert outcome.tally.failed > 5


def test_a_readiness_probe_that_nothing_answers_stalls_the_rollout(tmp_path: Path, settings: Settings) -> None:
    def wrong(spec: dict[str, Any], container: dict[str, Any]) -> None:
        container["readinessProbe"]["httpGet"]["path"] = "/healthz"
        container["startupProbe"]["failureThreshold"] = 1000  # at twenty times the speed a start looks long
        container.pop("livenessProbe")
        spec.update(replicas=1, progressDeadlineSeconds=400)

    outcome = rehearse(written(tmp_path, wrong), settings, Plan(update=True, speed=20))
    assert (outcome.started, outcome.sound) == ("stalled", False)
    assert "/healthz answered 404" in outcome.verdict


def test_too_little_memory_ends_in_back_off(tmp_path: Path, settings: Settings) -> None:
    def small(spec: dict[str, Any], container: dict[str, Any]) -> None:
        container["resources"]["limits"] = {"memory": "16Mi"}
        spec.update(replicas=1)

    with Cluster(written(tmp_path, small), settings, Clock(4)) as cluster:
        assert cluster.run_until(lambda: bool(cluster.timeline.when("BackOff")), 200)
    reasons = [one.reason for one in cluster.timeline.events]
    assert reasons[:4] == ["Started", "OOMKilled", "Died", "Started"], "the first restart is immediate"


def test_a_pod_that_hangs_leaves_the_endpoints_and_is_restarted(tmp_path: Path, settings: Settings) -> None:
    def brief(spec: dict[str, Any], container: dict[str, Any]) -> None:
        container["lifecycle"]["preStop"]["sleep"]["seconds"] = 1
        spec["template"]["spec"]["terminationGracePeriodSeconds"] = 6

    with Cluster(written(tmp_path, brief), settings, Clock(2)) as cluster:
        assert cluster.run_until(lambda: len(cluster.endpoints.known) == 2, 200)
        victim = next(iter(cluster.deployment))
        assert victim.process is not None
        victim.process.send_signal(signal.SIGSTOP)
        assert cluster.run_until(lambda: [name for name, _ in cluster.endpoints.known] == ["recsys-1-2"], 60)
        assert cluster.run_until(lambda: bool(cluster.timeline.when("KILL", victim.name)), 90), "TERM was not heard"
        assert cluster.run_until(lambda: len(cluster.endpoints.known) == 2, 200)
        assert (victim.restarts, cluster.deployment.state) == (1, "complete")
        moments = [cluster.timeline.when(reason, victim.name)[0] for reason in ("Unready", "TERM", "KILL")]
        assert moments == sorted(moments), "it is out of the way before it is stopped"


def test_the_autoscaler_acts_on_the_requests_that_come(tmp_path: Path, settings: Settings) -> None:
    spec = written(tmp_path, lambda spec, container: spec.update(replicas=1), HPA)
    plan = Plan(rate=23, seconds=75, speed=5, conditions=Conditions(autoscale=True))
    outcome = rehearse(spec, settings, plan)
    grown = [one for one in outcome.decisions if one.replicas > one.current]
    assert grown, outcome.decisions
    assert (grown[0].current, outcome.replicas) == (1, 3)
    # at its first look, or on a busy machine, it may have counted fewer
    assert 4 in [one.desired for one in outcome.decisions], "23 a second, 6 a pod; 3 pods at most"
    assert not outcome.tally.failed


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_outlives_a_rehearsal_that_is_ended(
    number: int, tmp_path: Path, trained: tuple[Path, Mapping[str, str]]
) -> None:
    written(tmp_path)
    command = [sys.executable, "-m", "recsys", "rehearse", str(tmp_path / "manifests.yaml"), "--state", str(trained[0])]
    service = Path(__file__).resolve().parents[3] / "labs" / "recsys"
    process = subprocess.Popen(command, cwd=service, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if "Started" in line:
            break
    below = psutil.Process(process.pid).children(recursive=True)
    assert below
    process.send_signal(number)
    process.stdout.close()
    assert process.wait(30) == (1 if number == signal.SIGTERM else -number)
    deadline = time.monotonic() + 60
    while any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in below):
        assert time.monotonic() < deadline, below
        time.sleep(0.05)
