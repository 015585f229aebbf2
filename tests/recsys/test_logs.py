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
