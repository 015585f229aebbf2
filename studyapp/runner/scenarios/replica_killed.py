"""Replica killed: one of several processes behind the balancer dies as in a crash, with requests on it."""

import time
from collections.abc import Iterator

from studyapp.runner.replicas import Replica, ReplicaError
from studyapp.runner.scenarios.scenario import Came, Scenario
from studyapp.runner.scenarios.scene import ScenarioError, Scene

RATE = 40.0
SECONDS = 60.0
ENOUGH = 30
CLAIMS = (
    "Every request goes on being answered: those that were on the replica are sent to another one",
    "It is started again by itself, and takes requests again",
    "The other replicas are the same processes as before",
)


def _play(scene: Scene) -> Iterator[Came]:
    if scene.until(lambda: len(_ready(scene)) >= 2, SECONDS) is None:
        raise ScenarioError("there is no second replica that is ready; launch the service with two")
    before = _ready(scene)
    victim = before[-1]
    with scene.load(RATE, scene.fresh()) as load:
        scene.until(lambda: load.tally.answered >= ENOUGH, SECONDS)
        scene.say(f"{len(before)} replicas are ready; killing replica {victim.name} (process {victim.pid})")
        killed = time.monotonic()
        victim.kill()
        scene.until(lambda: len(_ready(scene)) < len(before), SECONDS)
        scene.say("it is out; the others take its requests")
        back = scene.until(lambda: len(_ready(scene)) >= len(before), SECONDS)
        took = time.monotonic() - killed
        answered = load.tally.answered
        scene.until(lambda: load.tally.answered >= answered + ENOUGH, SECONDS)
    tally = load.tally
    lost = tally.failed + tally.refused
    yield lost == 0, f"{tally.answered} answered, {tally.refused} refused, {tally.failed} failed"
    yield back is not None, f"ready {took:.1f} s after the kill" if back is not None else f"not within {SECONDS:g} s"
    others = {each.name: each.pid for each in before if each.name != victim.name}
    same = others.items() <= {each.name: each.pid for each in _ready(scene)}.items()
    yield same, ", ".join(f"replica {name} is process {pid}" for name, pid in others.items())


def _ready(scene: Scene) -> list[Replica]:
    """The replicas that take requests; none while the front is too busy to say."""
    try:
        return [each for each in scene.service.replicas() if each.state == "ready"]
    except ReplicaError:
        return []


REPLICA_KILLED = Scenario(
    "replica-killed",
    "A replica is killed",
    "One of the replicas behind the balancer is killed under load, as by a crash.",
    CLAIMS,
    _play,
    replicas=2,
)
