"""Predict, then run: what verdicts cost in false alarms and in requests, on simulated and on real traffic."""

import http.client
import itertools
import json
import socket
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from recsys.rollout.audit import AuditTrail
from recsys.rollout.canary import CanaryPolicy, judge
from recsys.rollout.measurement import Measurements
from recsys.rollout.proxy import Splitter
from recsys.rollout.release import CanaryRelease
from recsys.rollout.traffic import CanarySplit
from studyapp.domain.predictions import Outcome
from studyapp.runner.client import Client

TRIALS = 2000
RELEASES = 500
MOST = 2000


def point_estimate(service: Client) -> Outcome:
    """How often a bare comparison of rates throws out an equal version, in percent, and how often the verdict does."""
    rng, requests, rate = np.random.default_rng(1), 500, 0.02
    stable, canary = rng.binomial(requests, rate, (2, TRIALS))
    bare = 100 * float(((canary - stable) / requests > 0.005).mean())
    policy = CanaryPolicy(max_quality_loss=None)
    failed = [_fails(policy, _failing(requests, s), _failing(requests, c)) for s, c in zip(stable, canary, strict=True)]
    return Outcome(
        bare, {"equal versions thrown out, %: by the bare rule, by your verdict": [bare, 100 * np.mean(failed)]}
    )


def dead_canary(service: Client) -> Outcome:
    """Requests that a dead version gets at half of the users."""
    counts = [_until_rolled_back(service, 0.5, salt) for salt in range(5)]
    return Outcome(float(np.median(counts)), {"requests to the dead version, five releases": counts}, "requests")


def small_share(service: Client) -> Outcome:
    """Whether a dead version at a tenth of the users fails more requests than at half of them."""
    at_half, at_tenth = (
        float(np.median([_until_rolled_back(service, share, salt) for salt in range(5)])) for share in (0.5, 0.1)
    )
    change = at_tenth - at_half
    direction = "same" if abs(change) <= 2 else "up" if change > 0 else "down"
    return Outcome(direction, {"requests to the dead version at 50 %, 10 % of the users": [at_half, at_tenth]})


def quality_power(service: Client) -> Outcome:
    """In how many of a hundred releases a quality a tenth lower is found, by the number of outcomes on each side."""
    found = [_found(outcomes) for outcomes in (500, 2000, 8000, 16000)]
    return Outcome(found[1], {"found at 500, 2000, 8000, 16000 outcomes, of 100": found}, "releases")


def _fails(policy: CanaryPolicy, stable: Measurements, canary: Measurements) -> bool:
    return any(finding.state == "fail" for finding in judge(policy, stable, canary))


def _failing(requests: int, errors: int) -> Measurements:
    """A version whose answers all take equally long."""
    return Measurements(requests, int(errors), np.full(requests - int(errors), 0.01))


def _found(outcomes: int) -> float:
    rng, policy = np.random.default_rng(2), CanaryPolicy()

    def shown(rate: float) -> Measurements:
        return Measurements(outcomes, 0, np.full(outcomes, 0.01), (rng.random(outcomes) < rate).astype(float))

    return 100 * sum(_fails(policy, shown(0.30), shown(0.27)) for _ in range(RELEASES)) / RELEASES


def _until_rolled_back(service: Client, share: float, salt: int) -> int:
    """Real requests through the splitter, half of the release's decisions real too: it ticks after each of them."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound and not listening: nobody answers there
        split = CanarySplit("stable", "canary", salt=salt)
        splitter = Splitter(split, {"stable": service.port, "canary": closed.getsockname()[1]})
        meters = splitter.meters["stable"], splitter.meters["canary"]
        policy = CanaryPolicy(steps=(share,), max_quality_loss=None)
        release = CanaryRelease(policy, split, meters, AuditTrail(Path(folder) / "a.jsonl"), time.monotonic, _promote)
        with splitter.running():
            for number in itertools.takewhile(_running(release), range(MOST)):
                _ask(splitter.server_port, service, f"{salt}-{number}")
                release.tick()
        return meters[1].read().requests


def _running(release: CanaryRelease) -> Callable[[int], bool]:
    return lambda _: release.progress.outcome == "running"


def _promote() -> None:
    """Nothing is promoted in an experiment."""


def _ask(port: int, service: Client, user: str) -> int:
    tenant, key = next(iter(service.keys.items()))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    headers = {"X-Api-Key": key, "X-User-Id": f"{tenant}:{user}", "Content-Type": "application/json"}
    try:
        connection.request("POST", "/v1/recommendations", json.dumps({"user": user}), headers)
        return connection.getresponse().status
    finally:
        connection.close()
