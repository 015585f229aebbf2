"""The model registry: numbered versions that never change, and aliases that move between them. Partly yours to write.

A version's files are copied in under the digest of its manifest. An alias ("champion") says which version plays which
part; services ask for `resolve("champion")`, never for a number. Looking things up is written. As it stands, registering
trusts everybody and copies straight into place, nothing is verified, and there is no way back.
"""

import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection, Row

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
        # step 4: with a key, nothing unsigned gets in; the same content again is the same version
        manifest = describe(artifact_dir, lineage, metrics or {})
        self._store(artifact_dir, manifest)
        with transaction(self._database, write=True) as db:
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
        # step 5: only to files that are proven intact; the move and its event in one transaction
        with transaction(self._database, write=True) as db:
            self._point(db, alias, version.number, actor, "set", reason)

    def rollback(self, alias: str, *, actor: str = "pipeline", reason: str) -> Version:
        """Point an alias back at the version before; a second rollback goes one further back.

        Raises UnknownVersionError where there is none before.
        """
        # step 5: the history knows where it pointed before
        return self.resolve(alias)

    def verify(self, version: Version) -> None:
        """Raise TamperedError or SignatureError unless files, manifest and signature still belong together."""
        # step 4: changed, added and removed files; an edited manifest; with a key, the signature
        pass

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
        # step 4: read-only copies, whole or not at all, and what was copied is what was described
        for name in manifest.files:
            copy = self._artefacts / manifest.digest / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, copy)

    def _point(self, db: Connection, alias: str, number: int, actor: str, action: str, reason: str) -> None:
        # step 5: and the event
        db.execute("INSERT OR REPLACE INTO aliases (alias, number) VALUES (?, ?)", (alias, number))

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
    # step 5: a promotion adds the version that it points at, a rollback takes the last one away
    past: list[int] = []
    return past
