"""Packages written and read; what is none, or damaged, or larger than any deck, is refused in words."""

import sqlite3
import sys
import zipfile
from pathlib import Path

import pytest

from studyapp.extras import MissingExtra
from studyapp.interop import anki_package
from studyapp.interop.note import ExchangeError, notes
from studyapp.study.study import Study
from tests.interop.conftest import needs

AT = 1_790_000_000_000
needs_genanki = needs("genanki", "extra `anki`")


@needs_genanki
@pytest.mark.filterwarnings("error::UserWarning")  # genanki warns of what it takes for broken HTML
def test_what_is_written_reads_back(study: Study, tmp_path: Path) -> None:
    wrote = list(notes(study.library))
    anki_package.write(wrote, tmp_path / "cards.apkg", AT)
    read = anki_package.read(tmp_path / "cards.apkg")
    assert {(n.guid, n.kind, n.fields[:2], n.deck, n.tags) for n in read.notes} == {
        (n.guid, n.kind, n.fields, n.deck, n.tags) for n in wrote
    }
    assert read.answers == []


def package(path: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as out:
        for name, content in files.items():
            out.writestr(name.replace("_", "."), content)
    return path


def collection(path: Path, script: str) -> bytes:
    connection = sqlite3.connect(path)
    connection.executescript(script)
    connection.close()
    return path.read_bytes()


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"media": b"{}"}, "no collection in this file"),
        ({"collection_anki2": b"x" * 4000}, "no package of Anki's"),
        ({"collection_anki2": b""}, "no package of Anki's"),
    ],
)
def test_what_is_no_package_is_refused(files: dict[str, bytes], said: str, tmp_path: Path) -> None:
    with pytest.raises(ExchangeError, match=said):
        anki_package.read(package(tmp_path / "x.apkg", **files))


@needs("zstandard", "extra `anki`")
@pytest.mark.parametrize("content", [b"", b"no frame at all"])
def test_a_compressed_collection_that_is_damaged_is_refused(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(ExchangeError, match=r"damaged|no package"):
        anki_package.read(package(tmp_path / "x.apkg", collection_anki21b=content))


def test_a_file_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.apkg").write_text("hello")
    with pytest.raises(ExchangeError, match="no package"):
        anki_package.read(tmp_path / "x.apkg")


@pytest.mark.parametrize("models", ["not json", "{}", '{"1": {}}', "[]", "null"])
def test_a_collection_with_odd_insides_is_refused_in_words(models: str, tmp_path: Path) -> None:
    script = f"""
        CREATE TABLE col (models TEXT, decks TEXT); INSERT INTO col VALUES ('{models}', '{{}}');
        CREATE TABLE notes (id, guid, mid, tags, flds);
        INSERT INTO notes VALUES (1, 'g', 1, '', 'a' || char(31) || 'b');
        CREATE TABLE cards (id, nid, did, odid, ord);
        CREATE TABLE revlog (id, cid, ease, time, type);
    """
    path = package(tmp_path / "x.apkg", collection_anki2=collection(tmp_path / "c.db", script))
    if models == "{}":
        assert anki_package.read(path).notes[0].fields == ("a", "b")
    else:
        with pytest.raises(ExchangeError, match="damaged"):
            anki_package.read(path)


def test_a_collection_that_unpacks_without_end_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anki_package, "MOST_BYTES", 3 << 20)
    with pytest.raises(ExchangeError, match="larger than 3 MiB"):
        anki_package.read(package(tmp_path / "x.apkg", collection_anki2=bytes(8 << 20)))


def test_without_the_extra_it_says_what_to_install(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("genanki", "zstandard"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtra, match=r"genanki.*pip install 'studyapp\[anki\]'"):
        anki_package.write(notes(study.library), tmp_path / "x.apkg", AT)
    with pytest.raises(MissingExtra, match=r"zstandard.*pip install 'studyapp\[anki\]'"):
        anki_package.read(package(tmp_path / "x.apkg", collection_anki21b=b""))
