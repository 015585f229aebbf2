"""`studyapp interview` as a person types it."""

import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from studyapp.cli import main
from tests.conftest import Home
from tests.interviews import write_interviews

Type = Callable[..., tuple[int, str, str]]


@pytest.fixture
def typed(
    tmp_path: Path,
    make_home: Callable[[str], Home],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Type:
    """Run a command with lines on standard input: its exit status, output and errors."""
    home = make_home("home")
    write_interviews(home.content)
    monkeypatch.setenv("STUDYAPP_HOME", str(tmp_path / "person"))
    monkeypatch.setenv("STUDYAPP_CONTENT", str(home.content))

    def run(arguments: str, *lines: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        status = main(["interview", *arguments.split()])
        out, err = capsys.readouterr()
        return status, out, err

    return run


def test_an_answer_is_typed_marked_and_debriefed(typed: Type) -> None:
    lines = ["?", "No canary at first.", "We watch the error", "rates.", ".", "", "y", ""]
    status, out, _ = typed("alpha-i-release", *lines)
    assert status == 0
    assert "How would you release a new model of Alpha?" in out
    assert "clarify 5, high level 25" in out
    assert "- How many requests a second are there?" in out
    assert "Releases in steps? [doubtful: canary, next to a negation] y/N" in out
    assert "Can go back? y/N" in out
    assert "Watches the error rate? [found: error rates] Y/n" in out
    assert "**50%** of the points" in out
    assert "✗ Releases in steps" in out
    assert "What if the canary gets no traffic?" in out
    assert "50%" in typed("alpha --list")[1].splitlines()[0]


def test_leaving_keeps_a_draft_and_the_next_call_goes_on(typed: Type) -> None:
    status, out, _ = typed("alpha-i-size", "First half,")
    assert status == 0
    assert "Kept as a draft" in out
    assert "draft" in typed("alpha --list")[1]
    out = typed("alpha-i-size", "and bytes a key.", ".", "")[1]
    assert "What you wrote so far:\nFirst half," in out
    assert "[found: bytes a key]" in out
    assert "**100%**" in out
    assert "draft" not in typed("alpha --list")[1]


def test_a_topic_draws_what_was_not_answered(typed: Type) -> None:
    typed("alpha-i-release", "A canary.", ".", "", "", "")
    assert "alpha-i-size" in typed("alpha")[1]


def test_what_is_not_there_is_named(typed: Type) -> None:
    status, _, err = typed("nothing")
    assert status == 1
    assert "there is no topic `nothing`" in err
    status, _, err = typed("beta")
    assert status == 1
    assert "no interview questions" in err
    assert os.linesep not in err.strip()
