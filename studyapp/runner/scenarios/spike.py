"""Spike: ten times the traffic, from one second to the next."""

from collections.abc import Iterator

from studyapp.runner.metrics import Figures, figures
from studyapp.runner.scenarios.scenario import Came, Scenario
from studyapp.runner.scenarios.scene import Load, Scene

TIMES = 10
LEAST, MOST = 10.0, 40.0  # ordinary requests a second, of which the spike is ten times as many
SECONDS = 8.0
CALM_SECONDS = 20.0
CLAIMS = (
    "Every request of the spike is answered, or refused at once with 503 and Retry-After; none is lost",
    "What is answered is answered within the service's time limits: p99 stays under a second",
    "Once the spike is over, nothing is refused any more",
)


def _play(scene: Scene) -> Iterator[Came]:
    rate = min(MOST, max(LEAST, scene.rate))
    with scene.load(rate, scene.fresh()) as load:
        scene.say(f"ordinary traffic: {rate:g} requests a second that no cache can answer")
        calm = _watch(scene, SECONDS / 2)
        scene.say(f"p99 is {_ms(calm.p99)}; now {TIMES} times as many for {SECONDS:g} s")
        load.traffic.rate = TIMES * rate
        spike = _watch(scene, SECONDS)
        load.traffic.rate = rate
        scene.say(f"{spike.requests_per_second:.0f} requests a second came; back to {rate:g}")
        waited = scene.until(lambda: _is_calm(scene, load), CALM_SECONDS)
    tally = load.tally
    lost = tally.failed + load.heard.undeclared
    yield lost == 0, f"{tally.answered} answered, {tally.refused} refused, {lost} lost"
    yield spike.p99 is not None and spike.p99 < 1, f"p50 {_ms(spike.p50)}, p99 {_ms(spike.p99)}, {_ms(calm.p99)} before"
    yield waited is not None, f"nothing refused after {waited:.1f} s" if waited is not None else "it still refuses"


def _watch(scene: Scene, seconds: float) -> Figures:
    """The figures of the next seconds."""
    before = scene.metrics()
    scene.pause(seconds)
    return figures(before, scene.metrics())


def _is_calm(scene: Scene, load: Load) -> bool:
    """Whether a second went by in which all that was asked was answered."""
    refused, answered = load.tally.refused, load.tally.answered
    scene.pause(1.0)
    return load.tally.refused == refused and load.tally.answered > answered


def _ms(seconds: float | None) -> str:
    return "unknown" if seconds is None else f"{seconds * 1000:.0f} ms"


SPIKE = Scenario(
    "spike",
    "A spike",
    f"Ordinary traffic for a moment, then {TIMES} times as much for {SECONDS:g} s, then ordinary traffic again.",
    CLAIMS,
    _play,
)
