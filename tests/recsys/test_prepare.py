"""What a first start makes, and what it must not."""

from __future__ import annotations

from pathlib import Path

import pytest

from recsys.bundle import registry_of
from recsys.data import write_events
from recsys.events import Events
from recsys.generator import World, generate
from recsys.prepare import prepare, train_all
from recsys.seeding import fingerprint
from recsys.settings import Settings

SMALL = World(users=40, items=40, events=1_000, topics=4)


def test_a_first_start_marks_what_it_generated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recsys.generator.generate", lambda seed: generate(seed, ["acme"], SMALL))
    settings = Settings(state=tmp_path)
    prepare(settings, lambda line: None)
    assert settings.generated.read_text() == fingerprint(settings.events)
    assert [path.parent.name for path in settings.models.glob("*/registry.sqlite3")] == ["acme"]


def test_models_without_events_get_no_generated_ones(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path)
    write_events(generate(1, ["acme"], SMALL), settings.events)
    train_all(settings, lambda line: None)
    settings.events.unlink()
    said: list[str] = []
    prepare(settings, said.append)
    assert not settings.events.exists()
    assert not settings.generated.exists()
    assert [line for line in said if "made" in line or "trained" in line] == []
    prepare(settings, said.append)
    assert registry_of(settings.models, "acme").resolve("champion").number == 1


def test_real_events_without_models_are_trained_from_and_not_marked(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path)
    events: Events = generate(1, ["acme"], SMALL)
    write_events(events, settings.events)
    prepare(settings, lambda line: None)
    assert registry_of(settings.models, "acme").resolve("champion").number == 1
    assert not settings.generated.exists()
