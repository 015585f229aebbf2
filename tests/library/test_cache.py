"""The parsed content kept between starts: used when nothing changed, never trusted otherwise."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studyapp.library import cache as cache_module
from studyapp.library.cache import read_cached, stamp
from studyapp.library.load import Pack, assemble, read_pack
from tests.library.conftest import Author


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def cached(author: Author, cache: Path) -> Pack:
    return read_cached(author.root, "pack", cache)


def parsed(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The roots that are read from now on, cache or not."""
    roots: list[Path] = []

    def reading(root: Path, shown: str) -> Pack:
        roots.append(root)
        return read_pack(root, shown)

    monkeypatch.setattr(cache_module, "read_pack", reading)
    return roots


def test_what_comes_from_the_cache_is_what_was_read(
    author: Author, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    author.edit("beta/cards.yaml", "front: What does", "frnt: What does")
    roots = parsed(monkeypatch)
    first, second = cached(author, cache), cached(author, cache)
    assert len(roots) == 1
    assert assemble([first]) == assemble([second]) == assemble([read_pack(author.root, "pack")])
    assert len(second.problems) == 1


@pytest.mark.parametrize("change", ["edit", "touch", "add", "remove", "rename"])
def test_any_change_of_a_file_is_seen(
    author: Author, cache: Path, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cached(author, cache)
    file = author.root / "beta" / "cards.yaml"
    match change:
        case "edit":
            author.edit("beta/cards.yaml", "A measurement.", "A thermometer.")  # of the same length
        case "touch":
            os.utime(file, ns=(0, 0))
        case "add":
            author.write("beta/coverage.yaml", "points: []")
        case "remove":
            file.unlink()
        case "rename":
            file.rename(file.with_name("card.yaml"))
    roots = parsed(monkeypatch)
    assert assemble([cached(author, cache)]) == assemble([read_pack(author.root, "pack")])
    assert len(roots) == 1


def test_what_is_no_content_is_not_watched(author: Author) -> None:
    before = stamp(author.root)
    for name in ("beta/.#cards.yaml", "beta/cards.yaml~", "beta/picture.png"):
        author.write(name, "x")
    (author.root / ".git").mkdir()
    author.write(".git/notes.md", "x")
    assert stamp(author.root) == before
    assert stamp(author.root / "nowhere") == {}


def test_two_roots_do_not_share_a_cache(author: Author, shipped: Path, cache: Path) -> None:
    cached(author, cache)
    assert [files.folder for files in read_cached(shipped, "pack", cache).topics] == ["gamma"]
    assert len(list(cache.iterdir())) == 2


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.data())
def test_a_damaged_cache_is_ignored(author: Author, cache: Path, data: st.DataObject) -> None:
    whole = assemble([cached(author, cache)])
    (file,) = cache.glob("content-*.msgpack")
    content = bytearray(file.read_bytes())
    at = data.draw(st.integers(0, len(content)))
    content[at : at + data.draw(st.integers(0, 50))] = data.draw(st.binary(max_size=30))
    file.write_bytes(content)
    assert assemble([cached(author, cache)]) == whole


def test_a_cache_with_another_letter_is_damaged(author: Author, cache: Path) -> None:
    whole = assemble([cached(author, cache)])
    (file,) = cache.iterdir()
    content = file.read_bytes()
    assert b"A measurement." in content
    file.write_bytes(content.replace(b"A measurement.", b"A mishap there"))
    assert assemble([cached(author, cache)]) == whole


@pytest.mark.parametrize("content", [b"", b"\x80", b"\xc1", b"\x80\x04\x95pickle", b"[" * 100_000, b"\x91" * 100_000])
def test_a_cache_of_something_else_is_replaced(author: Author, cache: Path, content: bytes) -> None:
    whole = assemble([cached(author, cache)])
    (file,) = cache.iterdir()
    file.write_bytes(content)
    assert assemble([cached(author, cache)]) == whole
    assert file.read_bytes() != content


def test_another_version_of_the_code_reads_anew(author: Author, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cached(author, cache)
    monkeypatch.setattr(cache_module, "__version__", "0.0.0")
    roots = parsed(monkeypatch)
    cached(author, cache)
    assert len(roots) == 1


def test_without_a_place_for_it_there_is_no_cache_and_no_error(author: Author, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    pack = read_cached(author.root, "pack", tmp_path / "file")
    assert len(pack.topics) == 2
    assert (tmp_path / "file").read_text() == "in the way"


def test_no_content_however_odd_stops_the_cache(author: Author, cache: Path) -> None:
    author.edit("beta/topic.yaml", "order: 2", f"order: {'9' * 18}")
    author.edit("beta/quiz.yaml", "weight: 2", "weight: 1e300")
    assert assemble([cached(author, cache)]) == assemble([cached(author, cache)])
    assert len(list(cache.iterdir())) == 1
