"""A state directory for a rehearsal, which borrows models and events: what it does must not reach the real journal."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from recsys.settings import Settings
from recsys.tenancy import KeyRing


@contextmanager
def borrowed(settings: Settings) -> Iterator[tuple[Path, Mapping[str, str]]]:
    """The directory, and an API key a tenant beside those that there are; it is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="recsys-rehearsal-") as folder:
        own = Settings(state=Path(folder))
        own.models.symlink_to(settings.models.resolve())
        if settings.events.exists():
            own.events.symlink_to(settings.events.resolve())
        if settings.keys.exists():
            shutil.copy2(settings.keys, own.keys)
        ring = KeyRing(own.keys)
        yield own.state, {tenant: ring.issue(tenant) for tenant in tenants(settings)}


def tenants(settings: Settings) -> list[str]:
    """The tenants that have models."""
    return sorted(path.parent.name for path in settings.models.glob("*/registry.sqlite3"))
