"""What is told of a service's log: what is new, once, also where the log was put aside and begun anew."""

import json
from pathlib import Path

from studyapp.runner.service_log import ServiceLog


def line(event: str, **fields: object) -> str:
    return json.dumps({"time": "now", "event": event, **fields}) + "\n"


def test_what_is_new_is_told_once_and_requests_are_not(tmp_path: Path) -> None:
    path = tmp_path / "log"
    log = ServiceLog(path)
    assert log.news() == []
    path.write_text(
        line("model_serves", tenant="acme") + json.dumps({"event": "request"}, separators=(",", ":")) + "\n"
    )
    assert log.news() == ["model serves  tenant=acme"]
    assert log.news() == []


def test_a_log_that_was_put_aside_is_read_from_its_new_beginning(tmp_path: Path) -> None:
    path = tmp_path / "log"
    log = ServiceLog(path)
    path.write_text(line("model_serves", tenant="acme") * 3)
    assert len(log.news()) == 3
    path.replace(tmp_path / "log.1")
    path.write_text(line("stopped"))
    assert log.news() == ["stopped"]
