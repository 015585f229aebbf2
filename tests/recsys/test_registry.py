"""The registry: versions that cannot change, aliases that can, and a history of both."""

import hashlib
import json
import os
import pickle
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from recsys.registry import (
    Lineage,
    Manifest,
    Registry,
    SignatureError,
    TamperedError,
    UnknownVersionError,
    UnsafeArtefactError,
    Version,
    checksums,
    describe,
    load_key,
    sign,
)
from recsys.registry.database import transaction

KEY = bytes(range(32))
LINEAGE = Lineage(data="sha256:d1", code="abc123", parameters={"factors": 32})


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(tmp_path / "registry", clock=lambda: 1000.0)


@pytest.fixture
def model(tmp_path: Path) -> Callable[[float], Path]:
    """Makes the folder of a small model; equal weights are equal content."""

    def make(weight: float = 1.0) -> Path:
        folder = tmp_path / f"model-{weight}"
        (folder / "retrieval").mkdir(parents=True, exist_ok=True)
        np.savez(folder / "retrieval" / "items.npz", embeddings=np.full((4, 2), weight))
        (folder / "model.json").write_text(json.dumps({"factors": 2}))
        return folder

    return make


Make = Callable[..., Path]


def add(registry: Registry, folder: Path, parent: int | None = None) -> Version:
    return registry.register(folder, Lineage("d1", "c1", parent=parent), metrics={"ndcg": 0.2})


def test_checksums_are_those_of_the_files(model: Make) -> None:
    folder = model()
    expected = {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in ("model.json", "retrieval/items.npz")
    }
    assert checksums(folder) == expected


def test_a_version_has_its_own_read_only_copy(registry: Registry, model: Make) -> None:
    folder = model()
    version = registry.register(folder, LINEAGE, metrics={"ndcg": 0.2})
    (folder / "model.json").write_text("changed later")
    registry.verify(version)
    assert json.loads((version.path / "model.json").read_text()) == {"factors": 2}
    assert all(path.stat().st_mode & 0o222 == 0 for path in version.path.rglob("*.*"))


def test_versions_are_numbered_and_keep_lineage_and_metrics(registry: Registry, model: Make) -> None:
    first = add(registry, model(1.0))
    second = add(registry, model(2.0), parent=first.number)
    assert (first.number, second.number) == (1, 2)
    assert registry.get(2) == second
    assert second.manifest.metrics == {"ndcg": 0.2}
    assert [version.number for version in registry.lineage(second)] == [2, 1]


def test_a_retry_registers_nothing_new(registry: Registry, model: Make) -> None:
    assert add(registry, model()) == add(registry, model())
    assert [event.action for event in registry.history()] == ["register"]


def test_the_same_files_from_other_data_are_another_version(registry: Registry, model: Make) -> None:
    one = registry.register(model(), Lineage("d1", "c1"))
    other = registry.register(model(), Lineage("d2", "c1"))
    assert (one.number, other.number) == (1, 2)


class Bomb:
    """An object that would run code when unpickled."""

    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, ("exit 1",)


def test_pickles_are_refused_by_name_and_by_content(registry: Registry, model: Make) -> None:
    folder = model()
    (folder / "ranker.pkl").write_bytes(pickle.dumps(Bomb()))
    with pytest.raises(UnsafeArtefactError, match=r"ranker\.pkl.*never as a pickle"):
        add(registry, folder)
    (folder / "ranker.pkl").unlink()
    np.savez(folder / "ranker.npz", weights=np.array([Bomb()], dtype=object))
    with pytest.raises(UnsafeArtefactError, match=r"ranker\.npz"):
        add(registry, folder)
    (folder / "ranker.npz").write_bytes(b"PK\x03\x04 torn")
    with pytest.raises(UnsafeArtefactError, match=r"ranker\.npz"):
        add(registry, folder)


def test_links_and_empty_folders_are_refused(registry: Registry, model: Make, tmp_path: Path) -> None:
    folder = model()
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "notes.txt").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(UnsafeArtefactError, match=r"notes\.txt: only plain files"):
        add(registry, folder)
    (tmp_path / "empty").mkdir()
    with pytest.raises(UnsafeArtefactError, match="no file"):
        add(registry, tmp_path / "empty")


@pytest.mark.parametrize("damage", ["changed", "added", "removed"])
def test_a_tampered_file_is_found_and_never_promoted(registry: Registry, model: Make, damage: str) -> None:
    version = add(registry, model())
    file = version.path / "model.json"
    version.path.chmod(0o755)
    if damage == "added":
        (version.path / "more.json").write_text("{}")
    else:
        file.unlink()
        if damage == "changed":
            file.write_text('{"factors":3}')
    with pytest.raises(TamperedError, match=r"json"):
        registry.set_alias("champion", version)
    with pytest.raises(UnknownVersionError):
        registry.resolve("champion")


@pytest.mark.parametrize("table", ["versions", "events"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET number = 9"])
def test_the_database_refuses_to_change_the_past(
    registry: Registry, model: Make, tmp_path: Path, table: str, statement: str
) -> None:
    add(registry, model())
    database = tmp_path / "registry" / "registry.sqlite3"
    with closing(sqlite3.connect(database)) as db, pytest.raises(sqlite3.IntegrityError, match="immutable"):
        db.execute(statement.format(table))


def test_an_edited_manifest_is_found(registry: Registry, model: Make, tmp_path: Path) -> None:
    add(registry, model())
    with closing(sqlite3.connect(tmp_path / "registry" / "registry.sqlite3")) as db:
        db.execute("DROP TRIGGER versions_no_UPDATE")
        db.execute("UPDATE versions SET manifest = replace(manifest, '0.2', '0.9')")
        db.commit()
    with pytest.raises(TamperedError, match="manifest was edited"):
        registry.verify(registry.get(1))


def test_unsigned_and_wrongly_signed_versions_are_refused(tmp_path: Path, model: Make) -> None:
    registry = Registry(tmp_path / "signed", key=KEY)
    digest = describe(model(), LINEAGE, {"ndcg": 0.2}).digest
    for signature in (None, "", sign(digest, b"another key"), sign(digest[::-1], KEY)):
        with pytest.raises(SignatureError):
            registry.register(model(), LINEAGE, signature, {"ndcg": 0.2})
    with pytest.raises(SignatureError):
        registry.register(model(), LINEAGE, sign(digest, KEY), {"ndcg": 0.99})
    assert registry.history() == []
    registry.verify(registry.register(model(), LINEAGE, sign(digest, KEY), {"ndcg": 0.2}))


def test_the_signature_is_the_hmac_of_rfc_4231() -> None:
    """RFC 4231, test case 2."""
    expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert sign("what do ya want for nothing?", b"Jefe") == expected


def test_a_signing_key_is_made_once_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "key"
    assert load_key(path) == load_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o600)
    path.write_text("abcd")
    with pytest.raises(ValueError, match="32 bytes"):
        load_key(path)


def test_an_alias_moves_and_rolls_back_step_by_step(registry: Registry, model: Make) -> None:
    versions = [add(registry, model(float(i))) for i in range(3)]
    for version in versions:
        registry.set_alias("champion", version, actor="dana", reason="won")
    registry.set_alias("champion", versions[2])  # the same again is no step
    assert registry.rollback("champion", reason="errors") == versions[1]
    assert registry.rollback("champion", reason="errors") == versions[0]
    with pytest.raises(UnknownVersionError, match="no earlier version"):
        registry.rollback("champion", reason="errors")
    registry.set_alias("champion", versions[2])
    assert registry.rollback("champion", reason="again") == versions[0]
    assert registry.stages(versions[0]) == ("champion",)


def test_history_says_who_when_and_why(registry: Registry, model: Make) -> None:
    version = add(registry, model())
    registry.set_alias("champion", version, actor="dana", reason="won the canary")
    registry.set_alias("candidate", version)
    (event,) = registry.history("champion")
    assert (event.at, event.actor, event.action, event.number) == (1000.0, "dana", "set", version.number)
    assert event.reason == "won the canary"
    assert len(registry.history()) == 3


def test_unknown_names_say_so(registry: Registry) -> None:
    with pytest.raises(UnknownVersionError, match="'champion'"):
        registry.resolve("champion")
    with pytest.raises(UnknownVersionError, match="7"):
        registry.get(7)


def test_a_second_process_of_the_service_sees_the_move(registry: Registry, model: Make, tmp_path: Path) -> None:
    other = Registry(tmp_path / "registry")
    registry.set_alias("champion", add(registry, model()))
    assert other.resolve("champion").number == 1


def test_readers_do_not_wait_for_a_writer(registry: Registry, model: Make, tmp_path: Path) -> None:
    registry.set_alias("champion", add(registry, model()))
    with transaction(tmp_path / "registry" / "registry.sqlite3", write=True):
        assert registry.resolve("champion").number == 1


def test_registering_from_many_threads_makes_each_version_once(registry: Registry, model: Make) -> None:
    folders = [model(float(i % 4)) for i in range(12)]
    threads = [threading.Thread(target=add, args=(registry, folder)) for folder in folders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(event.number for event in registry.history()) == [1, 2, 3, 4]
    for number in range(1, 5):
        registry.verify(registry.get(number))


def test_metrics_must_be_numbers() -> None:
    with pytest.raises(ValueError, match="ndcg"):
        Manifest({}, LINEAGE, {"ndcg": float("nan")})
