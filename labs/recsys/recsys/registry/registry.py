"""The model registry: numbered versions that never change, and aliases that move between them.

A *version* is immutable: its files are copied in, read-only, under the digest of its manifest. An *alias*
("candidate", "champion") says which version plays which part: it is the stage of a version, and a deploy or a
rollback moves one alias, nothing else. Services ask for `resolve("champion")`, never for a number. Every move
is an event that cannot be edited: who, when, why.

(MLflow made the same choice: stages are deprecated there since 2.9, in favour of aliases.)
"""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection, Row

from recsys.registry import signing
from recsys.registry.artefact import checksums
from recsys.registry.database import create, transaction
from recsys.registry.manifest import Lineage, Manifest


class UnknownVersionError(LookupError):
    """No such version or alias."""


class TamperedError(ValueError):
    """Files on disk that are not those that were registered."""


@dataclass(frozen=True, slots=True)
class Version:
    """A registered model: its number, manifest, and the read-only folder with its files."""

    number: int
    digest: str
    manifest: Manifest
    signature: str | None
    created_at: float
    path: Path


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the registry's history; `alias` is None for a registration."""

    at: float
    actor: str
    action: str
    alias: str | None
    number: int
    reason: str


class Registry:
    """Models in a folder; with a `key`, versions must be signed with it. Threads and processes may share the folder."""

    def __init__(self, path: Path, key: bytes | None = None, clock: Callable[[], float] = time.time) -> None:
        self._artefacts = path / "artefacts"
        self._artefacts.mkdir(parents=True, exist_ok=True)
        self._database = path / "registry.sqlite3"
        self._key = key
        self._clock = clock
        create(self._database)

    def register(
        self,
        artifact_dir: Path,
        lineage: Lineage,
        signature: str | None = None,
        metrics: Mapping[str, float] | None = None,
        *,
        actor: str = "pipeline",
    ) -> Version:
        """Copy the files in and number them; the same content again, as after a retry, is the same version.

        `signature` is `sign(describe(...).digest, key)`. Raises UnsafeArtefactError, SignatureError.
        """
        manifest = describe(artifact_dir, lineage, metrics or {})
        if self._key is not None:
            signing.check(manifest.digest, signature, self._key)
        self._store(artifact_dir, manifest)
        with transaction(self._database, write=True) as db:
            row = db.execute("SELECT * FROM versions WHERE digest = ?", (manifest.digest,)).fetchone()
            if row is None:
                values = (manifest.digest, manifest.to_json(), signature, self._clock())
                row = db.execute(
                    "INSERT INTO versions (digest, manifest, signature, created_at) VALUES (?, ?, ?, ?) RETURNING *",
                    values,
                ).fetchone()
                self._log(db, actor, "register", None, row["number"], "registered")
        return self._version(row)

    def get(self, number: int) -> Version:
        """A version by number; raises UnknownVersionError."""
        with transaction(self._database) as db:
            row = db.execute("SELECT * FROM versions WHERE number = ?", (number,)).fetchone()
        if row is None:
            raise UnknownVersionError(f"there is no version {number}")
        return self._version(row)

    def resolve(self, alias: str) -> Version:
        """The version that an alias points at; raises UnknownVersionError."""
        with transaction(self._database) as db:
            row = db.execute("SELECT number FROM aliases WHERE alias = ?", (alias,)).fetchone()
        if row is None:
            raise UnknownVersionError(f"no version is called {alias!r} yet; register one and set the alias")
        return self.get(row["number"])

    def stages(self, version: Version) -> tuple[str, ...]:
        """The aliases that point at a version."""
        with transaction(self._database) as db:
            rows = db.execute("SELECT alias FROM aliases WHERE number = ? ORDER BY alias", (version.number,))
            return tuple(row["alias"] for row in rows)

    def set_alias(self, alias: str, version: Version, *, actor: str = "pipeline", reason: str = "") -> None:
        """Point an alias at a version whose files are proven intact."""
        self.verify(self.get(version.number))
        with transaction(self._database, write=True) as db:
            self._point(db, alias, version.number, actor, "set", reason)

    def rollback(self, alias: str, *, actor: str = "pipeline", reason: str) -> Version:
        """Point an alias back at the version before; a second rollback goes one further back."""
        with transaction(self._database, write=True) as db:
            past = _past(db, alias)
            if len(past) < 2:
                raise UnknownVersionError(f"{alias!r} has no earlier version to go back to")
            self._point(db, alias, past[-2], actor, "rollback", reason)
        return self.get(past[-2])

    def verify(self, version: Version) -> None:
        """Raise TamperedError or SignatureError unless files, manifest and signature still belong together."""
        found = checksums(version.path)
        expected = version.manifest.files
        if changed := sorted(name for name in found.keys() | expected if found.get(name) != expected.get(name)):
            raise TamperedError(f"version {version.number}: changed since it was registered: {', '.join(changed)}")
        if version.manifest.digest != version.digest:
            raise TamperedError(f"version {version.number}: its manifest was edited")
        if self._key is not None:
            signing.check(version.digest, version.signature, self._key)

    def lineage(self, version: Version) -> list[Version]:
        """The version and its ancestors, youngest first."""
        line = [version]
        while (parent := line[-1].manifest.lineage.parent) is not None:
            line.append(self.get(parent))
        return line

    def history(self, alias: str | None = None) -> list[Event]:
        """Every event in order, or those of one alias."""
        with transaction(self._database) as db:
            rows = db.execute("SELECT * FROM events WHERE ?1 IS NULL OR alias = ?1 ORDER BY id", (alias,)).fetchall()
        return [Event(**{key: row[key] for key in Event.__slots__}) for row in rows]

    def _version(self, row: Row) -> Version:
        manifest = Manifest.from_json(row["manifest"])
        folder = self._artefacts / row["digest"]
        return Version(row["number"], row["digest"], manifest, row["signature"], row["created_at"], folder)

    def _store(self, source: Path, manifest: Manifest) -> None:
        target = self._artefacts / manifest.digest
        if target.exists():
            return
        staging = Path(tempfile.mkdtemp(prefix="incoming-", dir=self._artefacts))
        try:
            for name in manifest.files:
                copy = staging / name
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source / name, copy)
                copy.chmod(0o444)
            if checksums(staging) != manifest.files:
                raise TamperedError(f"{source.name} changed while it was registered; register it again")
            os.replace(staging, target)  # the folder appears whole or not at all
        except OSError:
            if not target.exists():  # otherwise another process stored the same content first
                raise
        finally:
            if staging.exists():
                shutil.rmtree(staging)

    def _point(self, db: Connection, alias: str, number: int, actor: str, action: str, reason: str) -> None:
        db.execute("INSERT OR REPLACE INTO aliases (alias, number) VALUES (?, ?)", (alias, number))
        self._log(db, actor, action, alias, number, reason)

    def _log(self, db: Connection, actor: str, action: str, alias: str | None, number: int, reason: str) -> None:
        db.execute(
            "INSERT INTO events (at, actor, action, alias, number, reason) VALUES (?, ?, ?, ?, ?, ?)",
            (self._clock(), actor, action, alias, number, reason),
        )


def describe(artifact_dir: Path, lineage: Lineage, metrics: Mapping[str, float]) -> Manifest:
    """The manifest of a folder of files: what a pipeline signs before it registers."""
    return Manifest(checksums(artifact_dir), lineage, dict(metrics))


def _past(db: Connection, alias: str) -> list[int]:
    """Versions that an alias would step back through, oldest first."""
    past: list[int] = []
    for row in db.execute("SELECT action, number FROM events WHERE alias = ? ORDER BY id", (alias,)):
        if row["action"] == "rollback":
            past.pop()
        elif past[-1:] != [row["number"]]:
            past.append(row["number"])
    return past
