"""`studyapp lab` as a person types it."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from studyapp import places
from studyapp.cli import main
from studyapp.runner.scenarios import SCENARIOS
from tests.content import write_pack
from tests.runner.conftest import until
from tests.runner.tiny_lab import SHELF, write_labs

Type = Callable[..., tuple[int, str, str]]


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Type:
    """Run a command where the app ships one lab: its exit status, output and errors."""
    write_labs(tmp_path / "labs")
    write_pack(tmp_path / "content")
    monkeypatch.setattr(places, "PACKAGE", tmp_path / "studyapp")
    monkeypatch.setenv("STUDYAPP_HOME", str(tmp_path / "person"))
    monkeypatch.delenv("STUDYAPP_CONTENT", raising=False)

    def run(*arguments: str) -> tuple[int, str, str]:
        status = main(list(arguments))
        out, err = capsys.readouterr()
        return status, out, err

    return run


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """The file that the learner writes."""
    return tmp_path / "person" / "labs" / "alpha" / "recsys" / "recsys" / "shelf.py"


def test_a_lab_from_start_to_finish(typed: Type, written: Path) -> None:
    status, out, _ = typed("lab", "list")
    assert (status, out.split()[:3]) == (0, ["alpha", "0/6", "new"])
    status, out, _ = typed("lab", "show", "alpha")
    assert "Keep the newest things." in out
    assert "Why a shelf matters." in out
    assert "Step 1, put: Write put" in out
    status, out, _ = typed("lab", "start", "alpha")
    assert f"write {written}" in out
    status, out, _ = typed("lab", "check", "alpha")
    assert status == 1
    assert out.splitlines()[:3] == [
        "✗  1 put                      Write put",
        "     not written yet: step 1: keep the newest things (recsys/shelf.py line 11)",
        "     hint     think of put",
    ]
    assert "Traceback" not in out
    assert typed("lab", "hint", "alpha")[1] == "put, hint 1 of 3: think of put\n"
    written.write_text(SHELF, "utf-8")
    assert "+        self.things.append(thing)" in typed("lab", "diff", "alpha")[1]
    status, out, _ = typed("lab", "check", "alpha")
    assert (status, out.splitlines()[-1]) == (0, "All 6 steps pass.")
    assert "def put(self, thing):" in typed("lab", "solution", "alpha", "put")[1]
    backup = typed("lab", "reset", "alpha")[1].split()[-1]
    assert (Path(backup) / "recsys" / "shelf.py").read_text("utf-8") == SHELF
    assert typed("lab", "diff", "alpha")[1] == "Nothing is changed yet.\n"
    assert json.loads(typed("lab", "list", "--json")[1]) == [
        {"slug": "alpha", "title": "A shelf", "steps": 6, "passed": 6, "state": "passed"}
    ]


def test_json_of_show_and_check(typed: Type) -> None:
    typed("lab", "start", "alpha")
    status, out, _ = typed("lab", "check", "alpha", "count", "--json")
    (checked,) = json.loads(out)
    assert status == 1
    assert {key: checked[key] for key in ("step", "passed", "expected", "got", "hint")} == {
        "step": "count",
        "passed": False,
        "expected": "2",
        "got": "0",
        "hint": "think of count",
    }
    shown = json.loads(typed("lab", "show", "alpha", "--json")[1])
    assert (shown["slug"], shown["state"], len(shown["steps"])) == ("alpha", "started", 6)
    assert shown["workspace"].endswith("person/labs/alpha/recsys")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show", "alhpa"), "there is no lab `alhpa`. Did you mean `alpha`?"),
        (("check", "alpha", "cuont"), "alpha has no step `cuont`. Did you mean `count`?"),
        (("check", "alpha"), "the lab alpha is not started; `studyapp lab start alpha`"),
        (("diff", "alpha"), "the lab alpha is not started"),
        (("open", "alpha"), "the lab alpha is not started"),
        (("solution", "alpha"), "`studyapp lab solution alpha put --anyway` shows it all the same"),
        (("verify", "alhpa"), "there is no lab `alhpa`."),
        (("scenario", "alpha", "redis-donw"), "there is no scenario `redis-donw`. Did you mean `redis-down`?"),
        (("scenario", "alpha", "spike"), "the lab alpha is not started; `studyapp lab start alpha`"),
        (("explain", "alpha"), "explaining ends a lab, and 6 of 6 steps of alpha are still open"),
    ],
)
def test_what_cannot_be_done_is_one_line(typed: Type, arguments: tuple[str, ...], said: str) -> None:
    status, out, err = typed("lab", *arguments)
    assert (status, out) == (1, "")
    assert err.startswith("studyapp: ")
    assert said in err
    assert len(err.splitlines()) == 1


def test_scenarios_are_listed_and_a_lab_that_is_not_running_has_nothing_to_stop(typed: Type) -> None:
    status, out, _ = typed("lab", "scenario", "alpha")
    assert status == 0
    assert [line.split()[0] for line in out.splitlines()] == [scenario.name for scenario in SCENARIOS]
    assert typed("lab", "stop", "alpha") == (0, "No service of alpha is running.\n", "")


def test_explaining_ends_a_lab(typed: Type, written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    typed("lab", "start", "alpha")
    written.write_text(SHELF, "utf-8")
    typed("lab", "check", "alpha")
    monkeypatch.setattr("sys.stdin", io.StringIO("It breaks.\ny\nn\n2\n"))
    status, out, _ = typed("lab", "explain", "alpha")
    assert status == 0
    assert "Explain how alpha fails." in out
    assert out.endswith("A shelf: done.\n")
    assert json.loads(typed("lab", "list", "--json")[1])[0]["state"] == "done"


def test_a_syntax_error_and_a_lost_file_are_told_plainly(typed: Type, written: Path) -> None:
    typed("lab", "start", "alpha")
    written.write_text(SHELF.replace("def put", "def (put"), "utf-8")
    status, out, _ = typed("lab", "check", "alpha", "put")
    assert status == 1
    assert "recsys/shelf.py line 9 is not valid Python" in out
    assert "hint" not in out
    written.unlink()
    status, _, err = typed("lab", "check", "alpha")
    assert status == 1
    assert "recsys/shelf.py is gone from" in err
    assert "`studyapp lab reset alpha`" in err


def test_open_starts_the_chosen_editor_on_the_files(
    typed: Type, written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed("lab", "start", "alpha")
    editor = tmp_path / "my editor"
    editor.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/opened\nexit 3\n')
    editor.chmod(0o755)
    monkeypatch.setenv("EDITOR", "false")
    monkeypatch.setenv("VISUAL", f"'{editor}' --wait")
    assert typed("lab", "open", "alpha")[0] == 3
    assert (tmp_path / "opened").read_text().splitlines() == ["--wait", str(written)]


@pytest.mark.parametrize(
    ("chosen", "said"), [("", "no editor is chosen"), ("no-such-editor", "there is no editor"), ("'", "cannot be read")]
)
def test_without_an_editor_the_file_is_named(
    typed: Type, monkeypatch: pytest.MonkeyPatch, chosen: str, said: str
) -> None:
    typed("lab", "start", "alpha")
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", chosen)
    status, _, err = typed("lab", "open", "alpha")
    assert status == 1
    assert said in err


def test_watch_checks_at_every_save_until_all_passes(typed: Type, written: Path, tmp_path: Path) -> None:
    typed("lab", "start", "alpha")
    command = f"""
from pathlib import Path
from studyapp import places
places.PACKAGE = Path({str(tmp_path / "studyapp")!r})
from studyapp.cli import main
from studyapp.runner.scenarios import SCENARIOS
raise SystemExit(main(["lab", "watch", "alpha", "put"]))
"""
    log = tmp_path / "watched"
    with (
        log.open("w") as out,
        subprocess.Popen([sys.executable, "-c", command], stdout=out, env=dict(os.environ)) as app,
    ):
        try:
            assert until(lambda: "Watching recsys/shelf.py" in log.read_text())
            written.write_text("def (", "utf-8")
            assert until(lambda: "is not valid Python" in log.read_text())
            written.write_text(SHELF, "utf-8")
            assert app.wait(30) == 0
        finally:
            app.kill()
    assert log.read_text().count("shelf.py saved.") == 2
    assert log.read_text().endswith("It passes.\n")


def test_verify_proves_every_lab_and_names_what_does_not_hold(typed: Type, tmp_path: Path) -> None:
    assert typed("lab", "verify") == (0, "alpha: holds\n", "")
    manifest = tmp_path / "labs" / "alpha" / "lab.yaml"
    manifest.write_text(manifest.read_text("utf-8").replace("alpha-q-open", "alpha-q-opne"), "utf-8")
    (tmp_path / "labs" / "alpha" / "brief.md").unlink()
    (tmp_path / "labs" / "alpha" / "checks" / "test_06_clear.py").unlink()
    status, out, _ = typed("lab", "verify", "alpha")
    assert status == 1
    assert "`explain` names `alpha-q-opne`, which does not exist. Did you mean `alpha-q-open`?" in out
    assert "brief.md has 0 words" in out
    assert out.endswith("alpha: 3 problems\n")


def test_an_upgrade_of_the_app_is_told(typed: Type, written: Path, tmp_path: Path) -> None:
    typed("lab", "start", "alpha")
    written.write_text("mine", "utf-8")
    starter = tmp_path / "labs" / "alpha" / "starter" / "recsys" / "shelf.py"
    starter.write_text(f"{SHELF}# newer\n", "utf-8")
    (tmp_path / "labs" / "recsys" / "recsys" / "other.py").write_text("VALUE = 2\n", "utf-8")
    out = typed("lab", "check", "alpha", "put")[1]
    assert "This version brought 1 files up to date that you had not changed." in out
    assert "recsys/shelf.py is newer in this version; yours is kept as it is." in out
    assert written.read_text("utf-8") == "mine"


def test_doctor_says_what_labs_need(typed: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", "true")
    findings = {each["name"]: each for each in json.loads(typed("doctor", "--json")[1])["findings"]}
    assert (findings["labs"]["ok"], findings["labs"]["said"][:5]) == (True, "1 in ")
    assert findings["lab checks"]["ok"]
    assert findings["editor"]["said"] == "true"
    monkeypatch.setenv("EDITOR", "")
    findings = {each["name"]: each for each in json.loads(typed("doctor", "--json")[1])["findings"]}
    assert findings["editor"]["ok"] is None
