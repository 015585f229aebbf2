"""Scenarios on the real service: each says what should happen, does it, measures what did, and leaves it as it was."""

import random
import threading

import pytest

from studyapp.runner.scenarios import SCENARIOS, Scene, play, stated, told
from studyapp.runner.traffic import Traffic
from tests.runner.serving import Launched

pytestmark = pytest.mark.xdist_group("service")

BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}


def scene(launched: Launched, said: list[str]) -> Scene:
    loads: list[Traffic] = []
    return Scene(launched.service, said.append, rate=10.0, rng=random.Random(1), left=threading.Event(), loads=loads)


@pytest.mark.parametrize("name", BY_NAME)
def test_what_should_happen_does(launched: Launched, name: str) -> None:
    said: list[str] = []
    process, before = launched.service.child.pid, launched.service.client.recommend("u1", "acme").json["model_version"]
    report = play(BY_NAME[name], scene(launched, said))
    print(name, *stated(BY_NAME[name]), *said, *told(report), sep="\n  ")
    assert report.held, told(report)
    assert said
    assert launched.service.child.pid == process
    assert launched.service.client.recommend("u1", "acme").json["model_version"] == before
