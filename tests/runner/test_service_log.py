"""A service's log as a person reads it: what happened, faults once, no request, and never more than a bounded part."""

import json
from pathlib import Path

from studyapp.runner.service_log import MOST_BYTES, ServiceLog


def entry(event: str, **fields: object) -> str:
    return json.dumps({"time": "2026-11-28T00:00:00Z", "event": event, **fields}, separators=(",", ":")) + "\n"


def test_what_is_new_is_told_in_words_and_faults_once(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("store: redis-server\n" + entry("request", status=200))
    log = ServiceLog(path)
    assert log.news() == ["store: redis-server"]
    with path.open("a") as file:
        file.write(entry("model_refused", tenant="acme", why="not finite"))
        file.write(entry("fault", id="1", error="KeyError", place="cache.py:7") * 3)
        file.write('{"time":"x","event":"sto')
    assert log.news() == ["model refused  tenant=acme why=not finite", "your code fails: KeyError at cache.py:7"]
    with path.open("a") as file:
        file.write('re","up":false}\n' + entry("fault", id="2", error="KeyError", place="cache.py:7"))
        file.write('[1]\n{"no": "event"}\n')
    assert log.news() == ["store  up=False", "[1]", '{"no": "event"}']
    assert log.news() == []


def test_of_a_flood_only_the_end_is_read_and_a_lost_log_has_no_news(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("x" * 3 * MOST_BYTES + "\nlast\n")
    log = ServiceLog(path)
    assert log.news()[-1] == "last"
    path.unlink()
    assert log.news() == []
