"""The release's steps, for real: a model goes through the gates, and a worse one does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from recsys.bundle import registry_of
from recsys.data import write_events
from recsys.events import Events
from recsys.generator import World, generate
from recsys.pipeline import main
from recsys.rollout import AuditTrail

WORLD = World(users=100, items=100, events=5_000, topics=6)
AGELESS = ("--max-age", "1e6")


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("events") / "events.parquet"
    write_events(generate(3, ("acme",), WORLD), path)
    return path


def step(name: str, events: Path, state: Path, *more: str) -> int:
    return main([name, "--events", str(events), "--state", str(state), *more])


def champion(state: Path) -> int:
    return registry_of(state / "models", "acme").resolve("champion").number


def test_a_release_goes_through_every_gate_and_a_worse_model_stops_at_the_evaluation(
    events: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("validate", "train", "evaluate", "promote"):
        assert step(name, events, tmp_path, *AGELESS) == 0
    assert champion(tmp_path) == 1

    # The same people and things without any taste: what a broken join of the events would look like.
    unrelated = tmp_path / "unrelated.parquet"
    good = generate(3, ("acme",), WORLD)
    write_events(Events(good.tenant, good.user[::-1], good.item, good.event, good.timestamp), unrelated)
    assert step("train", unrelated, tmp_path) == 0
    capsys.readouterr()
    assert step("evaluate", events, tmp_path) == 1
    assert "evaluate: acme: " in capsys.readouterr().err
    assert champion(tmp_path) == 1
    trail = AuditTrail(tmp_path / "audit.jsonl").entries()
    assert [(entry.action, entry.details["passed"]) for entry in trail][-1] == ("gate evaluate", False)


def test_stale_data_stop_the_release_before_training(
    events: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert step("validate", events, tmp_path, "--max-age", "2") == 1
    assert "old" in capsys.readouterr().err


def test_nothing_to_evaluate_does_not_pass(events: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert step("evaluate", events, tmp_path) == 1
    assert "run the step train" in capsys.readouterr().err


def test_events_that_cannot_be_read_stop_the_release(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert step("validate", tmp_path / "absent.parquet", tmp_path) == 1
    assert "there is no such file" in capsys.readouterr().err
