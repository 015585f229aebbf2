"""Step 4: a version is registered once, whole, signed, and never changes without being noticed."""

import errno
import json
import shutil
from dataclasses import replace

import pytest

from recsys.registry import Lineage, Registry, SignatureError, TamperedError, describe, sign

KEY = bytes(range(32))
LINEAGE = Lineage(data="sha256:d1", code="abc123", parameters={"factors": 32})


@pytest.fixture
def registry(tmp_path):
    return Registry(tmp_path / "registry", clock=lambda: 1000.0)


def stored(tmp_path):
    """What lies among the artefacts."""
    return sorted(path.name for path in (tmp_path / "registry" / "artefacts").glob("*"))


def test_a_version_has_its_own_read_only_copy(registry, model):
    folder = model()
    version = registry.register(folder, LINEAGE, metrics={"ndcg": 0.2})
    (folder / "model.json").write_text("changed later")
    kept = json.loads((version.path / "model.json").read_text())
    assert kept == {"factors": 2}, "what a version holds after the folder that it was registered from has changed"
    writable = sorted(path.name for path in version.path.rglob("*.*") if path.stat().st_mode & 0o222)
    assert writable == [], "files of a version that may be written to"


def test_a_retry_registers_nothing_new(registry, model):
    first = registry.register(model(), LINEAGE)
    try:
        again = registry.register(model(), LINEAGE).number
    except Exception as error:
        again = f"{type(error).__name__}: {error}"
    assert again == first.number, "the number of the same content registered again, as after a pipeline's retry"
    actions = [event.action for event in registry.history()]
    assert actions == ["register"], "the registry's history after a retry"


def test_other_data_are_another_version(registry, model):
    one, other = registry.register(model(), Lineage("d1", "c1")), registry.register(model(), Lineage("d2", "c1"))
    assert (one.number, other.number) == (1, 2), "numbers of the same files from two data sets: lineage is part of it"


def test_with_a_key_only_what_is_signed_gets_in(tmp_path, model):
    registry = Registry(tmp_path / "registry", KEY)
    digest = describe(model(), LINEAGE, {}).digest
    for signature, done in ((None, "no signature"), (sign(digest, bytes(32)), "a signature with another key")):
        with pytest.raises(SignatureError):
            registry.register(model(), LINEAGE, signature)
        assert registry.history() == [], f"the history after {done} was refused"
        assert stored(tmp_path) == [], f"artefacts kept after {done} was refused"
    version = registry.register(model(), LINEAGE, sign(digest, KEY))
    assert version.number == 1, "the number of a version signed with the registry's key"
    registry.verify(version)


def test_a_version_is_stored_whole_or_not_at_all(registry, model, tmp_path, monkeypatch):
    folder, copied = model(), []

    def full(source, target, **options):
        copied.append(source)
        if len(copied) > 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(source, target, **options)

    real = shutil.copyfile
    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(OSError, match="No space"):
        registry.register(folder, LINEAGE)
    monkeypatch.undo()
    assert stored(tmp_path) == [], "artefacts after the disk was full half-way: nothing that looks like a version"
    assert registry.register(folder, LINEAGE).number == 1, "the number after a retry with room on the disk"


@pytest.mark.parametrize("damage", ["changed", "added", "removed"])
def test_files_that_are_not_those_registered(registry, model, damage):
    version = registry.register(model(), LINEAGE)
    registry.verify(version)
    file = version.path / "model.json"
    version.path.chmod(0o755)
    if damage == "added":
        (version.path / "model.json.json").write_text("{}")
    else:
        file.unlink()
        if damage == "changed":
            file.write_text('{"factors": 3}')
    with pytest.raises(TamperedError) as caught:
        registry.verify(version)
    assert "model.json" in str(caught.value), f"the error names the file that was {damage}: {caught.value}"


def test_an_edited_manifest_is_found(registry, model):
    version = registry.register(model(), LINEAGE, metrics={"ndcg": 0.2})
    boasting = replace(version, manifest=replace(version.manifest, metrics={"ndcg": 0.9}))
    with pytest.raises(TamperedError):
        registry.verify(boasting)


def test_a_signature_is_verified_too(tmp_path, model):
    registry = Registry(tmp_path / "registry", KEY)
    version = registry.register(model(), LINEAGE, sign(describe(model(), LINEAGE, {}).digest, KEY))
    with pytest.raises(SignatureError):
        registry.verify(replace(version, signature="0" * 64))
