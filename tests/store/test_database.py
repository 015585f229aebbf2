"""Odd files are refused with a way out and left as they were; good ones are copied each day."""

import random
import sqlite3
from datetime import date, timedelta
from pathlib import Path

import pytest

from studyapp.domain.events import EventKind
from studyapp.domain.schedule import MemoryModel
from studyapp.store.backup import KEPT, back_up
from studyapp.store.database import StoreError, check, connect
from studyapp.store.migrations import VERSION
from studyapp.store.progress import Progress
from tests.store.test_log import START


def make(path: Path, reviews: int = 50) -> None:
    progress = Progress.open(path, MemoryModel(), random.Random(1))
    for number in range(reviews):
        progress.record(EventKind.REVIEW, f"card-{number}", START + number, 3.0)
    progress.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    progress.close()


def damage(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[4096 : len(raw)] = random.Random(7).randbytes(len(raw) - 4096)
    path.write_bytes(raw)


@pytest.mark.parametrize("content", [b"hello, I am a diary", b"\x00" * 200, random.Random(3).randbytes(5000)])
def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "progress.db"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"damaged.*backups.*import"):
        connect(path)
    assert path.read_bytes() == content


def test_a_damaged_database_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "progress.db"
    make(path)
    damage(path)
    before = path.read_bytes()
    with pytest.raises(StoreError, match="damaged"):
        Progress.open(path, MemoryModel(), random.Random(1))
    assert path.read_bytes() == before


def test_a_newer_database_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "progress.db"
    make(path)
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"newer studyapp.*Update"):
        connect(path)
    assert path.read_bytes() == before


def test_another_programs_database_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "progress.db"
    connection = sqlite3.connect(path)
    connection.executescript("PRAGMA application_id = 1234; CREATE TABLE t (x); INSERT INTO t VALUES (1);")
    connection.close()
    with pytest.raises(StoreError, match="another program"):
        connect(path)


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="cannot be opened"):
        connect(tmp_path / "file" / "progress.db")


def test_opening_twice_migrates_once(tmp_path: Path) -> None:
    first, second = connect(tmp_path / "p.db"), connect(tmp_path / "p.db")
    assert first.execute("PRAGMA user_version").fetchone()[0] == VERSION
    assert check(second) == ""
    first.close()
    second.close()


def test_two_instances_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "p.db"
    one = Progress.open(path, MemoryModel(), random.Random(1))
    two = Progress.open(path, MemoryModel(), random.Random(2))
    for number in range(40):
        (one if number % 2 else two).record(EventKind.REVIEW, "shared", START + number * 60_000, 3.0)
        (two if number % 3 else one).record(EventKind.REVIEW, f"own-{number}", START + number, 2.0)
    assert one.state("shared").memory.reps == 40
    assert one.states() == two.states()
    one.close()
    two.close()


def test_one_copy_a_day_and_the_last_ten_are_kept(tmp_path: Path) -> None:
    path, folder = tmp_path / "p.db", tmp_path / "backups"
    make(path)
    day = date(2026, 11, 1)
    assert back_up(path, folder, day) == folder / "progress-2026-11-01.db"
    assert back_up(path, folder, day) is None
    for later in range(1, 15):
        back_up(path, folder, day + timedelta(days=later))
    copies = sorted(folder.iterdir())
    assert len(copies) == KEPT
    assert copies[-1].name == "progress-2026-11-15.db"
    restored = Progress.open(copies[-1], MemoryModel(), random.Random(1))
    assert len(restored.states()) == 50
    restored.close()


def test_a_damaged_database_pushes_no_good_copy_out(tmp_path: Path) -> None:
    path, folder = tmp_path / "p.db", tmp_path / "backups"
    make(path)
    good = back_up(path, folder, date(2026, 11, 1))
    damage(path)
    assert back_up(path, folder, date(2026, 11, 2)) is None
    assert list(folder.iterdir()) == [good]


def test_a_copy_is_made_while_the_database_is_in_use(tmp_path: Path) -> None:
    path = tmp_path / "p.db"
    progress = Progress.open(path, MemoryModel(), random.Random(1))
    progress.record(EventKind.REVIEW, "a", START, 3.0)
    copy = back_up(path, tmp_path / "backups", date(2026, 11, 1))
    assert copy is not None
    kept = Progress.open(copy, MemoryModel(), random.Random(1))
    assert "a" in kept.states()
    kept.close()
    progress.close()


def test_a_schema_that_does_not_decode_is_damage_too(tmp_path: Path) -> None:
    path = tmp_path / "progress.db"
    make(path)
    raw = path.read_bytes()
    assert b"CREATE TABLE events" in raw
    path.write_bytes(raw.replace(b"CREATE TABLE events", b"CREATE T\xff\xfe\xfd\xfcE events"))
    with pytest.raises(StoreError, match="damaged"):
        connect(path)


def test_a_commit_is_on_the_disk_when_it_returns(tmp_path: Path) -> None:
    """A process that is killed shows nothing of this; a power cut does."""
    connection = connect(tmp_path / "p.db")
    assert connection.execute("PRAGMA synchronous").fetchone()[0] == 2  # FULL
    assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    connection.close()
