"""Slow model: a version that passes every check of the registry, recommends the same, and takes far too long."""

from collections.abc import Iterator

from studyapp.runner.metrics import figures
from studyapp.runner.scenarios.scenario import Came, Scenario
from studyapp.runner.scenarios.scene import Scene
from studyapp.runner.scenarios.versions import published

TENANT = "acme"
RATE = 10.0
BUSY, MOST_RATE = 1.5, 40.0  # so many times what the slow version can compute
SECONDS = 30.0
ENOUGH = 15
CLAIMS = (
    "The registry takes it and the service loads it: its files, its signature and its lists are in order",
    "A list that takes more than 0.3 s is replaced by popular items, so nobody waits much longer than that",
    "No request fails and none is refused without Retry-After",
    "After the rollback personal answers return, without a restart",
)


def _play(scene: Scene) -> Iterator[Came]:
    with scene.load(RATE, scene.fresh(), TENANT) as load:
        scene.until(lambda: load.heard.strategies["personal"] >= ENOUGH, SECONDS)
        scene.say(f"making and publishing a version of {TENANT}'s model with enormous embeddings")
        heard = load.heard.strategies
        with published(scene, TENANT, "slow") as said:
            scene.say(f"version {said['version']} is champion: one list takes it {said['seconds']:.2f} s of computing")
            load.traffic.rate = min(MOST_RATE, BUSY / said["seconds"])
            before, popular = scene.metrics(), heard["popular"]
            served = scene.until(lambda: heard["popular"] >= popular + ENOUGH, SECONDS)
            after, load.traffic.rate = scene.metrics(), RATE
        now, replaced = figures(before, after), heard["popular"] - popular
        scene.say("rolled back to the version before")
        personal = heard["personal"]
        back = scene.until(lambda: heard["personal"] >= personal + ENOUGH, SECONDS)
    yield _loaded(load.heard.versions[TENANT], said["version"], served), f"version {said['version']} became champion"
    p99 = "unknown" if now.p99 is None else f"{now.p99 * 1000:.0f} ms"
    yield served is not None, f"{replaced} lists replaced by popular items; p99 {p99}"
    lost = load.tally.failed + load.heard.undeclared
    yield lost == 0, f"{load.tally.answered} answered, {load.tally.refused} refused, {lost} lost"
    yield back is not None, f"after {back:.1f} s" if back is not None else "not in time"


def _loaded(versions: set[str], version: str, served: float | None) -> bool:
    """Whether the service went over to a version: its own answers name it, those in its place too."""
    return served is not None and version in versions


SLOW_MODEL = Scenario(
    "slow-model",
    "A slow model",
    f"A version of {TENANT}'s model that recommends the same but takes too long to compute is published as champion.",
    CLAIMS,
    _play,
)
