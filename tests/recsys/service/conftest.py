"""One trained state for all tests of the running service, copied for each that changes it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from running import Running, start

from recsys.data import write_events
from recsys.events import Events, concatenate
from recsys.generator import DEMO_TENANTS, World, generate_tenant
from recsys.prepare import train_all
from recsys.settings import Settings
from recsys.tenancy import KeyRing

SMALL = World(users=60, items=80, events=3_000, topics=6)


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Mapping[str, str]]:
    """A state directory with data, models and keys; every item carries its tenant's name, so that a leak shows."""
    state = tmp_path_factory.mktemp("trained")
    settings = Settings(state=state)
    write_events(concatenate([_marked(tenant) for tenant in DEMO_TENANTS]), settings.events)
    train_all(settings, lambda line: None)
    ring = KeyRing(settings.keys)
    return state, {tenant: ring.issue(tenant) for tenant in (*DEMO_TENANTS, "newcomer")}


def _marked(tenant: str) -> Events:
    events, _ = generate_tenant(1, tenant, SMALL)
    rows = zip(
        events.user.tolist(), events.item.tolist(), events.event.tolist(), events.timestamp.tolist(), strict=True
    )
    return Events.from_rows([(tenant, user, f"{item}-{tenant}", event, time) for user, item, event, time in rows])


@pytest.fixture
def state(trained: tuple[Path, Mapping[str, str]], tmp_path: Path) -> Path:
    """A copy to change."""
    copy = tmp_path / "state"
    shutil.copytree(trained[0], copy)
    return copy


@pytest.fixture
def serve(state: Path, trained: tuple[Path, Mapping[str, str]]) -> Iterator[Callable[..., Running]]:
    """Start services on the copied state; whatever still runs afterwards is stopped."""
    started: list[Running] = []

    def one(*options: str, environment: Mapping[str, str] | None = None) -> Running:
        started.append(start(state, trained[1], *options, environment=environment))
        return started[-1]

    yield one
    for running in started:
        running.stop()


@pytest.fixture(scope="module")
def service(trained: tuple[Path, Mapping[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One service for all tests of a module that leave it as it was."""
    copy = tmp_path_factory.mktemp("served") / "state"
    shutil.copytree(trained[0], copy)
    running = start(copy, trained[1], "--log-file", str(copy / "log.jsonl"))
    yield running
    running.stop()
