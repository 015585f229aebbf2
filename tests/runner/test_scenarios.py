"""Scenarios on the real service: each says what should happen, does it, measures what did, and leaves it as it was."""

import random
import threading

import pytest

from studyapp.runner.scenarios import SCENARIOS, ScenarioError, Scene, play, redis_down, replica_killed, stated, told
from studyapp.runner.service import Service
from studyapp.runner.traffic import Traffic
from tests.runner.serving import Launched

pytestmark = pytest.mark.xdist_group("service")

BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}


def scene(service: Service, said: list[str]) -> Scene:
    loads: list[Traffic] = []
    return Scene(service, said.append, rate=10.0, rng=random.Random(1), left=threading.Event(), loads=loads)


@pytest.mark.parametrize("name", [name for name, scenario in BY_NAME.items() if scenario.replicas == 1])
def test_what_should_happen_does(launched: Launched, name: str) -> None:
    said: list[str] = []
    process, before = launched.service.child.pid, launched.service.client.recommend("u1", "acme").json["model_version"]
    report = play(BY_NAME[name], scene(launched.service, said))
    print(name, *stated(BY_NAME[name]), *said, *told(report), sep="\n  ")
    assert report.held, told(report)
    assert said
    assert launched.service.child.pid == process
    assert launched.service.client.recommend("u1", "acme").json["model_version"] == before


def test_a_killed_replica_comes_back_and_nobody_notices(launched: Launched) -> None:
    said: list[str] = []
    launched.service.stop()
    try:
        with Service.launch(launched.workspace, launched.supervisor, replicas=2) as fleet:
            report = play(BY_NAME["replica-killed"], scene(fleet, said))
            alone = play(BY_NAME["redis-down"], scene(fleet, said))
    finally:
        launched.restart()
    assert report.held, told(report)
    assert alone.held, told(alone)


def test_what_cannot_be_played_here_says_why(launched: Launched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replica_killed, "SECONDS", 0.2)
    with pytest.raises(ScenarioError, match="no second replica"):
        play(BY_NAME["replica-killed"], scene(launched.service, []))
    redis = redis_down.own_redis(launched.service.child.pid)
    with pytest.raises(ScenarioError, match="no Redis of its own"):
        redis_down.own_redis(redis.pid)
