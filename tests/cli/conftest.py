"""The command line of a person who has two small topics and an empty home."""

import io
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from studyapp import places
from studyapp.cli import main
from tests.content import write_pack


@dataclass(frozen=True)
class Ran:
    """What a command gave."""

    status: int
    out: str
    err: str


Run = Callable[..., Ran]
Only = Callable[[str], None]


class _Person(io.TextIOBase):
    """Standard input of someone who reads what is printed before typing the next line."""

    def __init__(self, types: Callable[[str], str], capture: pytest.CaptureFixture[str]) -> None:
        self.types, self.capture, self.seen = types, capture, ""

    def readline(self, size: int | None = -1) -> str:  # type: ignore[override]
        sys.stdout.flush()
        self.seen += self.capture.readouterr().out
        return self.types(self.seen) + "\n"


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small content folder in the place of the shipped one."""
    monkeypatch.setattr(places, "PACKAGE", tmp_path / "studyapp")
    (tmp_path / "labs").mkdir()
    return write_pack(tmp_path / "content")


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this person's progress is kept."""
    monkeypatch.setenv("STUDYAPP_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("STUDYAPP_CONTENT", raising=False)
    return tmp_path / "home"


@pytest.fixture
def run(content: Path, data: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in this process; `typed` is what the person types, or what they type at what they see."""

    def running(*argv: str, typed: str | bytes | Callable[[str], str] = "") -> Ran:
        if callable(typed):
            person = _Person(typed, capfd)
            monkeypatch.setattr(sys, "stdin", person)
            return Ran(main(list(argv)), person.seen + (rest := capfd.readouterr()).out, rest.err)
        given = typed if isinstance(typed, bytes) else typed.encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given), "utf-8"))
        return Ran(main(list(argv)), *capfd.readouterr())

    return running


@pytest.fixture
def only(content: Path) -> Only:
    """Leave one question of alpha in the content."""

    def leave(id_: str) -> None:
        file = content / "alpha" / "quiz.yaml"
        head, *items = re.split(r"(?=^  - id: )", file.read_text("utf-8"), flags=re.MULTILINE)
        (kept,) = (item for item in items if item.startswith(f"  - id: alpha-q-{id_}\n"))
        file.write_text(head + kept, "utf-8")
        (content / "beta" / "quiz.yaml").write_text("questions: []")

    return leave
