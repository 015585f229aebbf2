"""Step 9, measured: a release for real. A good model is promoted; one whose process dies is rolled back at once."""

import contextlib
import json
import threading
import time
from pathlib import Path

import psutil
import pytest

from recsys.bundle import registry_of
from recsys.data import write_events
from recsys.evaluation import split_by_time
from recsys.generator import World, generate
from recsys.pipeline import main
from recsys.rollout import AuditTrail

WORLD = World(users=200, items=120, events=12_000, topics=6)
CANARY = (
    "--rate", "60", "--steps", "0.5", "--window", "1", "--min-requests", "60",
    "--latency-factor", "10", "--quality-loss", "0.3",  # a busy machine is no fault of the canary
)  # fmt: skip
LEAST = 400
"""The least sample in the second release: whoever waits for it before a failure counts asks twice as many visitors."""
BOUND = 250
SECONDS = 10.0
"""The patience in the second release."""


@pytest.fixture(scope="module")
def events(tmp_path_factory):
    """Half a year of events, and the first half of them."""
    folder = tmp_path_factory.mktemp("events")
    whole = generate(3, ("acme",), WORLD)
    write_events(whole, folder / "all.parquet")
    write_events(split_by_time(whole, 0.5)[0], folder / "early.parquet")
    return folder


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    return tmp_path_factory.mktemp("release") / "state"


def run(command, events, state, *options):
    return main([command, "--events", str(events), "--state", str(state), "--max-age", "1e6", *options])


def champion(state):
    return registry_of(state / "models", "acme").resolve("champion").number


def actions(state, begin=0):
    return [entry.action for entry in AuditTrail(state / "audit.jsonl").entries()[begin:]]


def lists(output):
    """Answers to visitors who asked for a list, by status."""
    said = output.partition("answers by status: ")[2].partition("\n")[0]
    return json.loads(said)["lists"] if said else {}


def test_broken_events_are_refused_before_anything_is_trained(events, state, tmp_path):
    write_events(
        split_by_time(generate(3, ("acme",), World(users=20, items=20, events=300)), 0.5)[0], tmp_path / "few.parquet"
    )
    status = run("release", tmp_path / "few.parquet", state)
    assert (status, actions(state)) == (1, ["gate validate"]), "(status, trail) of a release on a few dozen events"


def test_the_first_model_has_no_rival(events, state):
    assert run("release", events / "early.parquet", state) == 0, "the status of the first release"
    assert champion(state) == 1, "the champion after it"


def test_a_good_challenger_is_promoted(events, state, capsys):
    begin = len(actions(state))
    status = run("release", events / "all.parquet", state, *CANARY)
    output = capsys.readouterr()
    assert status == 0, (
        f"the status of a release with twice the events; it said: {output.err.strip() or output.out.strip()}"
    )
    assert champion(state) == 2, "the champion after it"
    expected = ["gate validate", "gate train", "gate evaluate", "step", "promote", "gate canary"]
    assert actions(state, begin) == expected, "what the audit trail has of it"
    assert set(lists(output.out)) == {"200"}, "what visitors were answered with while two versions served"


@contextlib.contextmanager
def killed(alias):
    """The process that serves an alias is killed as soon as it has answered a request."""
    ended = threading.Event()

    def answered(child):
        with contextlib.suppress(psutil.Error, OSError, ValueError):
            line = child.cmdline()
            log = line[line.index("--log-file") + 1] if alias in line else ""
            return bool(log) and '"request"' in Path(log).read_text()
        return False

    def watch():
        while not ended.wait(0.05):
            if victim := next(filter(answered, psutil.Process().children()), None):
                victim.kill()
                return

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    yield
    ended.set()
    thread.join()


def test_a_version_that_dies_is_rolled_back_at_once(events, state, capsys):
    registry = registry_of(state / "models", "acme")
    registry.set_alias("challenger", registry.get(1), reason="a check")
    begin, begun = len(actions(state)), time.monotonic()
    with killed("challenger"):
        status = run("canary", events / "all.parquet", state, *CANARY, "--min-requests", str(LEAST),
                     "--window", str(SECONDS), "--patience", str(SECONDS))  # fmt: skip
    asked = lists(capsys.readouterr().out)
    assert status == 1, "the status of a release whose new version dies after its first answer"
    assert champion(state) == 2, "the champion after it"
    assert actions(state, begin) == ["step", "rollback", "gate canary"], "what the audit trail has of it"
    assert set(asked) == {"200"}, "what visitors were answered with, half of whom were sent to the dead version"
    many = sum(asked.values())
    said = f"visitors asked {many} times until it was rolled back: a failure needs no least sample of {LEAST}"
    assert many <= BOUND, f"{said} ({time.monotonic() - begun:.0f} s)"
