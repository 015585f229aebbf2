"""Drift: other people at other hours, until the live answers no longer look like those of the training."""

import random
from collections.abc import Iterator

from studyapp.runner.metrics import worst
from studyapp.runner.scenarios.scenario import Came, Scenario
from studyapp.runner.scenarios.scene import Scene
from studyapp.runner.traffic import Body

SHIFTED = 0.25  # from here on a population stability index is customarily read as a major shift
RATE = 60.0
SECONDS = 60.0
NIGHT = (0, 1, 2, 3, 4)
CLAIMS = (
    f"The drift score of a feature passes {SHIFTED}, the customary sign of a major shift",
    "Nothing else tells: no request fails and none is refused, so an alert on errors alone would stay silent",
)


def _play(scene: Scene) -> Iterator[Came]:
    before = scores(scene)
    if not before:
        scene.say("no model here was saved with a reference profile: too few training users, or the lab is unfinished")
    scene.say(f"before: {_shown(before)}; now {RATE:g} requests a second from strangers, at night")
    with scene.load(RATE, _stranger) as load:
        waited = scene.until(lambda: _passed(scores(scene), before), SECONDS)
    now = scores(scene)
    scene.say("the scores are those of the last minute: they fall again with ordinary traffic")
    moved = max(now, key=lambda name: now[name] - before.get(name, 0.0), default="")
    took = f"after {load.tally.answered} requests" if waited is not None else f"not within {SECONDS:g} s"
    yield waited is not None, f"{moved} {before.get(moved, 0.0):.2f} → {now.get(moved, 0.0):.2f} {took}"
    tally = load.tally
    silent = tally.refused + tally.failed == 0
    yield silent, f"{tally.answered} answered, {tally.refused} refused, {tally.failed} failed"


def scores(scene: Scene) -> dict[str, float]:
    """The drift score of each feature now, that of the replica where it is worst."""
    return worst(scene.metrics().of("drift_score"), "feature")


def _passed(now: dict[str, float], before: dict[str, float]) -> bool:
    """Whether a score has risen to above the line; one that was above it before has to rise by as much again."""
    return any(
        score > SHIFTED + (was if (was := before.get(name, 0.0)) > SHIFTED else 0) for name, score in now.items()
    )


def _stranger(rng: random.Random) -> Body:
    """Somebody of whom nothing is known, at an hour at which nobody worked."""
    return {"user": f"stranger-{rng.getrandbits(48):x}", "hour": rng.choice(NIGHT)}


def _shown(values: dict[str, float]) -> str:
    return ", ".join(f"{name} {score:.2f}" for name, score in values.items()) or "no scores"


DRIFT = Scenario(
    "drift",
    "Drift",
    "Requests of users that the model has never seen, at hours at which nobody worked when it was trained.",
    CLAIMS,
    _play,
)
