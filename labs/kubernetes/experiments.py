"""Predict, then run: your manifests acted out by real replicas, and measured on the running service."""

import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from recsys.cluster.autoscaler import Autoscaler, Gauge, Reading
from recsys.cluster.cluster import Cluster
from recsys.cluster.measuring import cpu_seconds, scraped
from recsys.cluster.plan import Conditions, Plan
from recsys.cluster.rehearsal import rehearse
from recsys.cluster.spec import Spec, read
from recsys.cluster.timeline import Clock
from recsys.manifests import parse
from recsys.settings import Settings
from studyapp.domain.predictions import Outcome
from studyapp.runner.client import Client
from studyapp.runner.traffic import Traffic

OVERLAY = Path("deploy/k8s/overlays/dev")
RATE, SECONDS, WAIT = 20.0, 6.0, 60.0
PROBE = {"httpGet": {"path": "/health/ready", "port": "http"}, "periodSeconds": 5, "timeoutSeconds": 1}
HPA = """
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: recsys}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: recsys}
  maxReplicas: 20
  metrics:
    - type: METRIC
"""
BY_REQUESTS = (
    'Pods\n      pods: {metric: {name: recsys_requests_per_second}, target: {type: AverageValue, averageValue: "10"}}'
)
BY_CPU = "Resource\n      resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}"


def hang(service: Client) -> Outcome:
    """Seconds from a replica's hanging, just after it answered its readiness probe, until it is not ready."""

    def slow(spec: Spec) -> None:
        spec.container.data["readinessProbe"] = {**PROBE, "failureThreshold": 3}
        spec.container.data.pop("livenessProbe")

    with Cluster(_changed(slow), _settings(), Clock(), Conditions(room=1)) as cluster:
        pod = _ready_pod(cluster)
        answered = cluster.timeline.when("Ready")[0]
        pod.process.send_signal(signal.SIGSTOP)
        cluster.run_until(lambda: bool(cluster.timeline.when("Unready")), WAIT)
        return Outcome(cluster.timeline.when("Unready")[0] - answered, unit="s")


def without_hook(service: Client) -> Outcome:
    """Requests that fail in an update of two replicas without a preStop hook, and with the one of the manifests."""
    plan = Plan(update=True, rate=RATE, conditions=Conditions(lag=1.0, room=2))
    spec = _changed(lambda spec: spec.container.data.pop("lifecycle"))
    tally = rehearse(spec, _settings(), plan).tally
    return Outcome(tally.failed, {"failed, answered": [tally.failed, tally.answered]}, "requests")


def wanted_by_requests(service: Client) -> Outcome:
    """Replicas that an autoscaler wants for the requests that the running service gets."""
    rate, _ = _measured(service, 25.0)
    decision = _autoscaler(BY_REQUESTS, 100).decide(1, [Reading(requests=rate)], 0.0)
    return Outcome(decision.desired, {"requests a second": [rate / 1000]}, "replicas")


def halved_request(service: Client) -> Outcome:
    """Where the wanted replicas go when the CPU request is halved, at the CPU that the running service uses."""
    _, used = _measured(service, 25.0)
    wanted = [_autoscaler(BY_CPU, request).decide(1, [Reading(cpu=used)], 0.0).desired for request in (used, used // 2)]
    direction = "same" if wanted[0] == wanted[1] else "up" if wanted[1] > wanted[0] else "down"
    return Outcome(direction, {"replicas wanted before, after": wanted, "milli-cores used": [used]})


def _changed(change: Callable[[Spec], object]) -> Spec:
    spec, _ = read(OVERLAY)
    change(spec)
    return spec


def _settings() -> Settings:
    """The data and models of this workspace's service."""
    return Settings(state=Path.cwd().parent / "state")


def _ready_pod(cluster: Cluster):
    """The first pod, once it is ready."""
    cluster.run_until(lambda: bool(cluster.timeline.when("Ready")), WAIT)
    return next(iter(cluster.deployment))


def _autoscaler(metric: str, request: int) -> Autoscaler:
    return Autoscaler(next(parse(HPA.replace("METRIC", metric), "hpa.yaml")), request)


def _measured(service: Client, rate: float) -> tuple[int, int]:
    """Thousandths of a request a second, and milli-cores, of the service under `rate` requests a second."""
    pid, requests, cpu = _listening(service.port), Gauge(time.monotonic), Gauge(time.monotonic)
    with Traffic(service, rate, seconds=SECONDS + 5, rng=random.Random(5)) as traffic:
        time.sleep(1.0)
        requests.rate("service", scraped(service.port))
        cpu.rate("service", cpu_seconds(pid))
        time.sleep(SECONDS)
        measured = requests.rate("service", scraped(service.port)), cpu.rate("service", cpu_seconds(pid))
        traffic.stop()
    assert all(measured), "the service does not say what it has answered"
    return measured


def _listening(port: int) -> int:
    """The process that listens on a port."""
    for process in psutil.process_iter():
        try:
            if any(
                one.laddr and one.laddr.port == port and one.status == "LISTEN" for one in process.net_connections()
            ):
                return process.pid
        except psutil.Error:
            continue
    raise RuntimeError(f"no process of yours listens on port {port}")
