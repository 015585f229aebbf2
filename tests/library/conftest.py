"""A small pack without a fault, for a test to plant one in."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from studyapp.domain.topics import Library, Problem
from studyapp.library.check import check
from studyapp.library.load import read_pack
from tests.content import write_pack, write_topic

TODAY = date(2026, 11, 23)

INTERVIEW = """\
interviews:
  - id: alpha-i-design
    prompt: Design alpha for a million users.
    minutes: 45
    source: book
    clarify:
      - {ask: How fresh?, why: It sets the rest.}
    outline:
      - {phase: clarify, minutes: 5, say: Ask first.}
      - {phase: high level, minutes: 10, say: Draw boxes.}
      - {phase: deep dives, minutes: 15, say: Open one.}
      - {phase: trade-offs, minutes: 10, say: Weigh.}
      - {phase: operations, minutes: 5, say: Watch.}
    rubric:
      - {point: Measures first, weight: 2, phrases: [measure], why: Otherwise it is a guess., cards: [alpha-basic]}
    model_answer: Measure, then change.
"""
COVERAGE = """\
points:
  - {id: alpha-p-all, point: Everything about alpha, source: book, ids: [alpha-basic, alpha-reversed, alpha-cloze,
     alpha-typed, alpha-q-single, alpha-q-multiple, alpha-q-numeric, alpha-q-ordering]}
  - id: alpha-p-rest
    point: The rest of it
    ids: [alpha-q-matching, alpha-q-short, alpha-q-fault, alpha-q-open, alpha-i-design]
"""


@dataclass
class Author:
    """Someone who edits the files of a pack and has them checked."""

    root: Path

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace a text that stands in a file exactly once."""
        text = (self.root / file).read_text("utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        (self.root / file).write_text(text.replace(old, new), "utf-8")

    def plant(self, file: str, old: str, new: str) -> str:
        """Edit a file; the place where `¦` stands in the new text, as problems name it."""
        self.edit(file, old, new)
        before, mark, after = (self.root / file).read_text("utf-8").partition("¦")
        assert mark
        self.write(file, before + after)
        return f"pack/{file}:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"

    def write(self, file: str, text: str | bytes) -> None:
        (self.root / file).write_bytes(text.encode() if isinstance(text, str) else text)

    def checked(self, shipped: Path | None = None) -> tuple[Library, list[Problem]]:
        around = read_pack(shipped, "shipped") if shipped else None
        return check(read_pack(self.root, "pack"), around, TODAY)

    def problems(self, shipped: Path | None = None) -> list[str]:
        """Every problem as `file:line:column: message`."""
        return [str(problem) for problem in self.checked(shipped)[1]]


@pytest.fixture
def author(tmp_path: Path) -> Author:
    root = write_pack(tmp_path / "pack")
    (root / "alpha" / "interview.yaml").write_text(INTERVIEW, "utf-8")
    (root / "alpha" / "coverage.yaml").write_text(COVERAGE, "utf-8")
    return Author(root)


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    """What a pack is laid over: one topic, gamma."""
    write_topic(tmp_path / "shipped", "gamma")
    return tmp_path / "shipped"
