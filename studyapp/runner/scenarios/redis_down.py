"""Redis down: the service's own Redis is killed, with all that it held."""

import time
from collections.abc import Iterator

import psutil

from studyapp.runner.scenarios.scenario import Came, Scenario
from studyapp.runner.scenarios.scene import Load, ScenarioError, Scene

RATE = 30.0
SECONDS = 30.0
ENOUGH = 20  # answers of one kind that make sure of it
CLAIMS = (
    "Every request goes on being answered: none fails, none is refused",
    "Without the store the service answers with what is popular, which it knows by heart",
    "Redis comes back by itself and is filled again, without a restart of the service: personal answers return",
)


def _play(scene: Scene) -> Iterator[Came]:
    victim = own_redis(scene.service.child.pid)
    with scene.load(RATE, scene.fresh()) as load:
        scene.until(lambda: load.heard.strategies["personal"] >= ENOUGH, SECONDS)
        popular = load.heard.strategies["popular"]
        scene.say(f"killing {victim.name()} (process {victim.pid}), which holds every history")
        victim.kill()
        killed = time.monotonic()
        degraded = scene.until(lambda: load.heard.strategies["popular"] >= popular + ENOUGH, SECONDS)
        scene.say("it is gone: answers are popular items" if degraded is not None else "it is gone")
        back = scene.until(lambda: _up(scene) and _personal_again(scene, load), SECONDS)
        took = time.monotonic() - killed
        scene.say("Redis is back, and filled again" if back is not None else "Redis stays away")
    tally, popular = load.tally, load.heard.strategies["popular"] - popular
    lost = tally.failed + tally.refused
    yield lost == 0, f"{tally.answered} answered, {tally.refused} refused, {tally.failed} failed"
    yield degraded is not None, f"{popular} answers were popular items"
    yield back is not None, f"{took:.1f} s after the kill" if back is not None else f"not within {SECONDS:g} s"


def own_redis(service: int) -> psutil.Process:
    """The Redis that a service, or one of its processes, has started. Raises ScenarioError where it has none."""
    below = psutil.Process(service).children(recursive=True)
    found = [each for each in below if "redis" in each.name() or "valkey" in each.name()]
    if not found:
        raise ScenarioError(
            "this service has no Redis of its own to be killed: REDIS_URL names one, or it is simulated"
        )
    return found[0]


def _up(scene: Scene) -> bool:
    """Whether every replica reaches its store."""
    return all(value == 1 for _, value in scene.metrics().of("store_up"))


def _personal_again(scene: Scene, load: Load) -> bool:
    """Whether as many personal answers come as before."""
    personal = load.heard.strategies["personal"]
    return scene.until(lambda: load.heard.strategies["personal"] >= personal + ENOUGH, 3.0) is not None


REDIS_DOWN = Scenario(
    "redis-down",
    "Redis down",
    "The service's own Redis is killed under load, with all that it held.",
    CLAIMS,
    _play,
)
