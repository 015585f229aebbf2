"""The command as a process: what it loads, how it fails, and pipes and terminals that are not as one wishes."""

import os
import pkgutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

import studyapp
from studyapp import __version__
from studyapp.cli.parser import COMMANDS
from tests.cli.conftest import Run

HEAVY = ["textual", "msgspec", "yaml", "fsrs", "numpy", "fastapi", "sklearn", "sqlite3", "rapidfuzz"]
SCREENLESS = ["domain", "library", "store", "study", "cli"]
LARGE_BY_DESIGN = ["studyapp.cli.app", "studyapp.cli.simulate"]  # the screens, and a simulator that needs arrays


def python(code: str, *argv: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *argv],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def studyapp_process(*argv: str, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return python(
        "import sys; from studyapp.cli import main; sys.exit(main())", *argv, STUDYAPP_HOME=str(home), **environment
    )


@pytest.mark.parametrize("argv", [["--help"], ["--version"], ["quiz", "--help"], ["nonsense"]])
def test_what_needs_no_app_loads_none_of_it(argv: list[str]) -> None:
    code = f"""
import sys
from studyapp.cli import main
try:
    main({argv!r})
except SystemExit:
    pass
print("loaded:", sorted({{name.partition(".")[0] for name in sys.modules}} & set({HEAVY!r})))
print("ours:", sorted(name for name in sys.modules if name.startswith("studyapp")))
"""
    out = python(code).stdout
    assert "loaded: []" in out
    assert "ours: ['studyapp', 'studyapp.cli', 'studyapp.cli.parser']" in out


def test_only_the_screens_load_what_is_large() -> None:
    names = [
        module.name
        for room in SCREENLESS
        for module in pkgutil.walk_packages([str(Path(studyapp.__file__).parent / room)], f"studyapp.{room}.")
        if module.name not in LARGE_BY_DESIGN
    ]
    assert len(names) > 50
    large = ["textual", "numpy", "fastapi", "sklearn", "scipy", "pandas", "uvicorn", "redis"]
    code = f"""
import importlib, sys
for name in {names!r}:
    importlib.import_module(name)
    loaded = sorted({{name.partition(".")[0] for name in sys.modules}} & set({large!r}))
    if loaded:
        sys.exit(f"{{name}} loads {{loaded}}")
"""
    ran = python(code)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_version_and_help_name_every_command() -> None:
    assert python("from studyapp.cli import main; main(['--version'])").stdout == f"studyapp {__version__}\n"
    out = python("from studyapp.cli import main; main(['--help'])").stdout
    assert [name for name in COMMANDS if f"\n    {name} " not in out] == []


@pytest.mark.parametrize("argv", [["nonsense"], ["quiz", "-n", "many"], ["quiz", "--missed", "--exam"], ["content"]])
def test_a_command_that_is_none_says_how_to_type_it(argv: list[str], tmp_path: Path) -> None:
    ran = studyapp_process(*argv, home=tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("usage: studyapp")
    assert "Traceback" not in ran.stderr


def test_what_cannot_be_done_is_one_line_and_status_1(run: Run, data: Path, tmp_path: Path) -> None:
    data.mkdir()
    (data / "progress.db").write_text("this is no database, and is longer than a header of a hundred bytes " * 3)
    for argv in (["topics"], ["stats"], ["review"], ["quiz"], ["search", "a"], ["export"], ["import", "x"]):
        ran = run(*argv)
        assert (ran.status, ran.out) == (1, "")
        assert ran.err.startswith(f"studyapp: {data / 'progress.db'}: the progress file is damaged")
        assert ran.err.count("\n") == 1


def test_damage_found_while_a_command_runs_is_one_line(run: Run, data: Path) -> None:
    run("review", "alpha", typed="\n3\n\n3\nq\n")
    connection = sqlite3.connect(data / "progress.db")
    (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'events'").fetchone()
    size = connection.execute("PRAGMA page_size").fetchone()[0]
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    with (data / "progress.db").open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xaa" * size)
    ran = run("stats")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith("studyapp: ")
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize("argv", [["topics"], ["search", "a", "-n", "200"], ["topics", "--json"], ["export"]])
def test_a_reader_that_has_had_enough_is_no_error(argv: list[str], tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)  # nobody reads, from the first byte on
    ran = subprocess.run(
        [sys.executable, "-m", "studyapp", *argv],
        env={**os.environ, "STUDYAPP_HOME": str(tmp_path), "PYTHONUNBUFFERED": ""},  # what is buffered fails last
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    os.close(write)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_a_terminal_without_all_characters_shows_question_marks(tmp_path: Path) -> None:
    ran = studyapp_process("review", "lru-cache", home=tmp_path, PYTHONIOENCODING="ascii")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert " left ? lru-cache]" in ran.stdout


def test_an_interrupt_ends_quietly(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(prompt: str = "") -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("builtins.input", interrupt)
    ran = run("review")
    assert (ran.status, ran.err) == (130, "")
