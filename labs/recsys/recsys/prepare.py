"""Before serving: data if there is none, a model if there is none, keys if there are none."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from recsys.bundle import Model, label, publish, registry_of
from recsys.events import Events, concatenate
from recsys.registry import Lineage, UnknownVersionError, Version
from recsys.seeding import fingerprint
from recsys.settings import Settings
from recsys.tenancy import KeyRing

Say = Callable[[str], None]
CODE = "recsys-1.0"


def prepare(settings: Settings, say: Say) -> None:
    """Make whatever `settings.state` lacks. Takes seconds the first time, nothing later.

    Data are generated only where there are no models either: models without data are a deployment, not a first start.
    """
    settings.state.mkdir(parents=True, exist_ok=True)
    if not list(settings.models.glob("*/registry.sqlite3")):
        if not settings.events.exists():
            _make_data(settings, say)
        train_all(settings, say)
    keys = KeyRing(settings.keys)
    if not keys.tenants():
        for tenant in sorted(path.parent.name for path in settings.models.glob("*/registry.sqlite3")):
            say(f"API key of {tenant} (shown this once): {keys.issue(tenant)}")


def train_all(settings: Settings, say: Say, *, alias: str | None = None) -> dict[str, Version]:
    """Train one model a tenant on the file and the journals, register it and let `alias` point at it."""
    from recsys.data import read_events
    from recsys.ingest import journalled

    events = concatenate([read_events(settings.events), journalled(settings.journals)]).distinct()
    versions = {}
    for tenant in events.tenants():
        versions[tenant] = version = train_tenant(settings.models, events.of_tenant(tenant), tenant, settings.seed)
        registry_of(settings.models, tenant).set_alias(alias or settings.alias, version, reason="trained")
        say(f"trained {tenant}: version {label(version)} from {len(events.of_tenant(tenant)):,} events")
    return versions


def train_tenant(models: Path, events: Events, tenant: str, seed: int) -> Version:
    """Train on one tenant's events and register the result."""
    from recsys.cheap_first import calibrated
    from recsys.history import by_user
    from recsys.monitoring import reference
    from recsys.training import train

    trained = train(events, seed=seed)
    histories = by_user(events)
    profile = reference(trained.retriever, trained.ranker, histories)
    sure = calibrated(trained.retriever, trained.ranker, histories)
    parameters = {"regularisation": trained.regularisation, "ranker": trained.ranker_trained, "seed": seed}
    lineage = Lineage(_digest(events), CODE, parameters, _parent(models, tenant))
    model = Model(tenant, "new", trained.retriever, trained.ranker, profile, sure)
    return publish(models, model, lineage, trained.metrics)


def _make_data(settings: Settings, say: Say) -> None:
    from recsys.data import write_events
    from recsys.generator import generate

    events = generate(settings.seed)
    write_events(events, settings.events)
    settings.generated.write_text(fingerprint(settings.events))
    say(f"made {len(events):,} events of {len(events.tenants())} tenants: {settings.events}")


def _parent(models: Path, tenant: str) -> int | None:
    try:
        return registry_of(models, tenant).resolve("champion").number
    except UnknownVersionError:
        return None


def _digest(events: Events) -> str:
    digest = hashlib.sha256(events.timestamp.tobytes())
    for column in (events.user, events.item, events.event):
        digest.update("\n".join(column.tolist()).encode())
    return digest.hexdigest()
