"""Log lines are JSON, survive a full disk as a count, and never say who somebody is."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from recsys.logs import LibraryHandler, Log


def test_lines_are_json_with_the_time_given(tmp_path: Path) -> None:
    log = Log(tmp_path / "log", clock=lambda: 0.0)
    log.write("request", id="a", status=200)
    log.close()
    assert json.loads((tmp_path / "log").read_text()) == {
        "time": "1970-01-01T00:00:00.000+00:00", "event": "request", "id": "a", "status": 200,
    }  # fmt: skip
    assert (tmp_path / "log").stat().st_mode & 0o77 == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_drops_lines_and_counts_them() -> None:
    log = Log(Path("/dev/full"), clock=lambda: 0.0)
    for _ in range(5):
        log.write("request")
    log.close()
    assert log.dropped == 5


def written(log: Log, path: Path, count: int, first: int = 0) -> list[int]:
    """Write `count` numbered lines, each flushed; the numbers in the file afterwards."""
    for number in range(first, first + count):
        log.write("request", number=number)
        log.flush()
    return [json.loads(line)["number"] for line in path.read_text().splitlines()]


def test_a_full_file_is_put_aside_and_only_the_one_before_is_kept(tmp_path: Path) -> None:
    path, aside = tmp_path / "log", tmp_path / "log.1"
    log = Log(path, clock=lambda: 0.0, largest=500)
    newest = written(log, path, 40)
    log.close()
    older = [json.loads(line)["number"] for line in aside.read_text().splitlines()]
    assert (older + newest)[-1] == 39
    assert older + newest == list(range((older + newest)[0], 40))
    assert 500 <= aside.stat().st_size < 700
    assert sorted(tmp_path.iterdir()) == [path, aside]
    assert path.stat().st_mode & 0o77 == 0
    assert log.dropped == 0


def test_where_a_file_cannot_be_put_aside_it_is_written_on(tmp_path: Path) -> None:
    path = tmp_path / "log"
    (tmp_path / "log.1" / "in the way").mkdir(parents=True)
    log = Log(path, clock=lambda: 0.0, largest=500)
    assert written(log, path, 20) == list(range(20))
    (tmp_path / "log.1" / "in the way").rmdir()
    (tmp_path / "log.1").rmdir()
    assert written(log, path, 2, first=20) == [21]
    log.close()
    assert log.dropped == 0


def test_a_file_that_somebody_moved_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "log"
    log = Log(path, clock=lambda: 0.0)
    written(log, path, 1)
    path.rename(tmp_path / "taken")
    log.write("request", number=1)
    log.flush()
    assert written(log, path, 1, first=2) == [2]
    log.close()
    assert len((tmp_path / "taken").read_text().splitlines()) == 2


def test_an_absurd_clock_raises_nothing(tmp_path: Path) -> None:
    log = Log(tmp_path / "log", clock=lambda: 1e18)
    log.write("request")
    log.close()
    assert json.loads((tmp_path / "log").read_text())["event"] == "request"


def test_library_messages_lose_their_arguments_and_exceptions_their_text(tmp_path: Path) -> None:
    log = Log(tmp_path / "log", clock=lambda: 0.0)
    logger = logging.getLogger("some.library")
    logger.addHandler(handler := LibraryHandler(log))
    try:
        raise ValueError("anna@example.org")
    except ValueError:
        logger.exception("failed for %s", "anna@example.org")
    finally:
        logger.removeHandler(handler)
    log.close()
    line = json.loads((tmp_path / "log").read_text())
    assert "anna" not in str(line)
    assert line["error"] == "ValueError"
    assert line["place"].startswith("test_logs.py:")
