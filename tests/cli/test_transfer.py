"""`export` and `import`: a round trip, and files that are none."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.fixture
def other(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> object:
    """Move to another machine."""
    return lambda: monkeypatch.setenv("STUDYAPP_HOME", str(tmp_path / "other"))


def numbers(run: Run) -> tuple[str, str]:
    return run("topics", "--json").out, run("stats", "--json").out


@pytest.mark.parametrize("by", ["file", "pipe"])
def test_a_round_trip(run: Run, other: object, tmp_path: Path, by: str) -> None:
    run("review", "alpha", typed="\n3\n\n1\nq\n")
    run("quiz", "alpha", "-n", "2", typed="1\n1\n" * 20)
    before = numbers(run)
    file = tmp_path / "progress.jsonl"
    if by == "file":
        said = run("export", str(file)).out
        assert said == f"{len(file.read_text().splitlines()) - 1} events written to {file}\n"
    else:
        file.write_text(run("export").out)
    count = len(file.read_text().splitlines()) - 1
    assert count >= 2
    assert json.loads(file.read_text().splitlines()[0]) == {"format": "studyapp-progress", "version": 1}
    other()  # type: ignore[operator]
    bring = {"file": (str(file),), "pipe": ("-",)}[by]
    typed = file.read_text() if by == "pipe" else ""
    assert run("import", *bring, typed=typed).out == f"{count} of {count} events were new and are brought in\n"
    assert numbers(run) == before
    assert run("import", *bring, typed=typed).out == f"0 of {count} events were new and are brought in\n"


def test_an_export_appears_whole_or_not_at_all(run: Run, tmp_path: Path) -> None:
    run("review", "alpha", typed="\n3\nq\n")
    for place in (tmp_path / "none" / "file", tmp_path, Path("."), Path("/")):
        ran = run("export", str(place))
        assert (ran.status, ran.out) == (1, "")
        assert ran.err.startswith(f"studyapp: {place}")
        assert ran.err.count("\n") == 1
    assert list(tmp_path.glob("**/*.part")) == []


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "line 1: this is no studyapp export"),
        (b"hello\n", "line 1: this is no studyapp export"),
        (b"\xff\xfe", "not UTF-8 text"),
        (b'{"format":"studyapp-progress","version":1}\n{"id":"x"}\n', "line 2: "),
        (b'{"format":"studyapp-progress","version":1}\n\x00\n', "line 2: "),
        (b'{"format":"studyapp-progress","version":9}\n', "line 1: format studyapp-progress 9 is not known here"),
        (b'{"format":"studyapp-progress","version":1}\n{"id":"x","at":1,"device":"d","kind":"review","subject":"a",'
         b'"value":3,"body":{"x":"\\ud800"}}\n', "line 2: "),
    ],
)  # fmt: skip
@pytest.mark.parametrize("by", ["file", "pipe"])
def test_what_is_no_export_changes_nothing(run: Run, tmp_path: Path, data: bytes, said: str, by: str) -> None:
    file = tmp_path / "given.jsonl"
    file.write_bytes(data)
    ran = run("import", str(file)) if by == "file" else run("import", "-", typed=data)
    assert ran.status == 1
    assert said in ran.err
    assert ran.err.startswith(f"studyapp: {file if by == 'file' else '-'}: ")
    assert ran.err.count("\n") == 1
    assert run("export").out.count("\n") == 1


def test_a_missing_file_and_a_folder(run: Run, tmp_path: Path) -> None:
    assert "cannot be read (No such file or directory)" in run("import", str(tmp_path / "none")).err
    assert "cannot be read (Is a directory)" in run("import", str(tmp_path)).err
