"""From a clean home through a real terminal: review, quiz, quit, restart, the same numbers."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.e2e import terminal as term
from tests.e2e.terminal import Terminal, terminal

APP = [sys.executable, "-m", "studyapp"]
CARDS = 5
QUESTIONS = 5
HINTS = (
    "a letter picks",
    "letters pick",
    "move a row",
    "belongs to it",
    "marks a line",
    "write the answer",
    "enter, then",
)


@pytest.mark.skipif(not term.AVAILABLE, reason=term.WHY_NOT)
@pytest.mark.parametrize(("width", "height"), [(80, 24), (120, 40)])
def test_an_evening_and_the_next_one(tmp_path: Path, width: int, height: int) -> None:
    with terminal(APP, tmp_path, width, height) as first:
        first.wait_for("Today:", "20 new", "Press r to begin")
        _review(first)
        _quiz(first)
        evening = first.wait_for("Today:", "15 new", "5 done today", "streak 1 day")
        first.press("q")
        first.wait_for_end()
    numbers = _topics(tmp_path)
    assert sum(topic["recall"] > 0 for topic in numbers) == CARDS
    with terminal(APP, tmp_path, width, height) as second:
        again = second.wait_for("Today:", "15 new", "5 done today", "streak 1 day")
        assert _table(again) == _table(evening)
        second.press("q")
        second.wait_for_end()
    assert _topics(tmp_path) == numbers


def _review(shown: Terminal) -> None:
    """Five cards of five topics, each known at once."""
    shown.press("r")
    for done in range(CARDS):
        shown.wait_for(f"{done} done", "shows the answer")
        shown.press("Space")
        shown.wait_for("1 Again", "4 Easy")
        shown.press("4")
    shown.wait_for("5 done")
    shown.press("Escape")
    shown.wait_for("5 done today")


def _quiz(shown: Terminal) -> None:
    """Five questions, ended there; every kind is answered by the same keys, well or badly."""
    shown.press("z")
    shown.wait_for("Mode", "Topics")
    shown.press("g")
    for number in range(1, QUESTIONS + 1):
        _answer(shown, shown.wait_for(f"{number} of 10", "how sure?", one_of=HINTS))
        shown.wait_for("space goes on")
        if number < QUESTIONS:
            shown.press("Space")
    shown.press("Escape")
    shown.wait_for("Result", f"{QUESTIONS} answers")
    shown.press("Escape")


def _answer(shown: Terminal, screen: str) -> None:
    """Answer the question on the screen, whatever its kind, as a guess."""
    if "a letter picks" in screen or "letters pick" in screen:
        shown.press("a", "1")
    elif "move a row" in screen:
        shown.press("J", "1")
    elif "what belongs to it" in screen:
        shown.press(*"aaaaaa", "1")
    elif "space marks a line" in screen:
        shown.press("Space", "1")
    elif "write the answer" in screen:
        shown.press("x", "Tab")
        shown.wait_for("press 1, 2 or 3")
        shown.press("1")
        shown.wait_for("Which of these did it say?")
        shown.press("Enter")
    else:
        shown.press("4", "2", "Enter")
        shown.wait_for("press 1, 2 or 3")
        shown.press("1")


def _table(screen: str) -> list[str]:
    return [line for line in screen.splitlines() if "%" in line]


def _topics(home: Path) -> list[dict[str, Any]]:
    environment = {**os.environ, "HOME": str(home), "STUDYAPP_HOME": str(home / "studyapp")}
    said = subprocess.run(
        [*APP, "topics", "--json"], capture_output=True, text=True, check=True, env=environment, timeout=60
    )
    topics: list[dict[str, Any]] = json.loads(said.stdout)
    return [{**topic, "recall": round(topic["recall"], 3)} for topic in topics]
