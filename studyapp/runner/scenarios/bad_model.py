"""Bad model deployed: a version whose weights are no numbers is registered, signed, and made champion."""

from collections.abc import Iterator

from studyapp.runner.scenarios.scenario import Came, Scenario
from studyapp.runner.scenarios.scene import Scene
from studyapp.runner.scenarios.versions import published

TENANT = "acme"
RATE = 20.0
SECONDS = 20.0
ENOUGH = 20
CLAIMS = (
    "The service tries the version before it serves it, and refuses it",
    "The champion of before goes on serving: no answer names another version",
    "No request fails and none is refused",
)


def _play(scene: Scene) -> Iterator[Came]:
    with scene.load(RATE, scene.fresh(), TENANT) as load:
        scene.until(lambda: load.tally.answered >= ENOUGH, SECONDS)
        refusals = scene.value("model_failures_total")
        scene.say(f"publishing a version of {TENANT}'s model whose weights are not numbers, as a diverged training has")
        with published(scene, TENANT, "broken") as said:
            scene.say(f"version {said['version']} is champion in the registry")
            refused = scene.until(lambda: scene.value("model_failures_total") > refusals, SECONDS)
            answered = load.tally.answered
            scene.until(lambda: load.tally.answered >= answered + ENOUGH, SECONDS)
        scene.say("the registry is rolled back")
    yield refused is not None, f"refused after {refused:.1f} s" if refused is not None else "it was not refused"
    versions = load.heard.versions.get(TENANT, set())
    kept = len(versions) == 1 and said["version"] not in versions
    yield kept, f"answers name {', '.join(sorted(versions)) or 'no version'}"
    tally = load.tally
    yield (
        tally.failed + tally.refused == 0,
        f"{tally.answered} answered, {tally.refused} refused, {tally.failed} failed",
    )


BAD_MODEL = Scenario(
    "bad-model",
    "A bad model deployed",
    f"A broken version of {TENANT}'s model is registered and signed as any other, and becomes champion.",
    CLAIMS,
    _play,
)
