"""The app's own speed, with 10,000 cards and 100,000 reviews in the store: ratios to bare peers in one run."""

import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from studyapp.domain.clock import Clock
from studyapp.domain.schedule import Grade
from studyapp.places import Places
from studyapp.study.reviewing import ReviewSession
from studyapp.study.study import Study
from tests.bench import large_home
from tests.e2e.terminal import terminal

STARTS = 9
KEYS = 60
GRADES = 400
BARE = """
from textual.app import App
from textual.widgets import Footer, Static
class Bare(App):
    def compose(self):
        yield Static("first paint")
        yield Footer()
Bare().run()
"""
APP = """
import sys
from pathlib import Path
from studyapp.places import Places
from studyapp.tui.app import StudyApp
def open_study():
    import random
    from studyapp.domain.clock import Clock
    from studyapp.study.study import Study
    return Study.open(places, Clock(), random.Random())
root = Path(sys.argv[1])
places = Places(root / "content", root / "labs", root / "data", root / "cache")
StudyApp(places, open_study).run()
"""


def main() -> None:
    """Print every figure."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        home = large_home.make(root, time.time_ns() // 1_000_000)
        help_is_instant()
        if shutil.which("tmux"):
            first_paint(root)
            keys(root)
        else:
            print("first paint and keys: skipped, tmux is not installed")
        grading(home)


def help_is_instant() -> None:
    """`studyapp --help` against a Python that does nothing."""
    bare = [_timed_process([sys.executable, "-c", "pass"]) for _ in range(STARTS)]
    ours = [_timed_process([sys.executable, "-m", "studyapp", "--help"]) for _ in range(STARTS)]
    _ratio("studyapp --help / python -c pass", ours, bare, "at most 3")


def first_paint(root: Path) -> None:
    """From the command to the first characters on a terminal, in turn with a bare Textual app."""
    bare, ours, numbers = [], [], []
    for _ in range(STARTS):
        bare.append(_painted([sys.executable, "-c", BARE], root, "first paint"))
        ours.append(_painted([sys.executable, "-c", APP, str(root)], root, "studyapp"))
        numbers.append(_painted([sys.executable, "-c", APP, str(root)], root, "Press r to begin"))
    _ratio("first paint / bare Textual", ours, bare, "at most 1.3")
    _ratio("all numbers shown / bare Textual", numbers, bare, "no target")


def grading(home: Places) -> None:
    """One grade, durable: the time until the next card may show."""
    study = Study.open(home, Clock(), random.Random(1))
    study.load()
    session = ReviewSession.start(study)
    took = [_timed(lambda: session.grade(Grade.GOOD, 1000)) for _ in range(GRADES)]
    study.close()
    _quantiles("a grade, durable", took, "p99 under 5 ms")


def keys(root: Path) -> None:
    """From a key press on the review screen to its effect on a terminal; looking itself takes some 3 ms of each."""
    took = []
    with terminal([sys.executable, "-c", APP, str(root)], root) as shown:
        shown.wait_for("Press r to begin")
        shown.press("r")
        shown.wait_for("space shows the answer")
        for done in range(1, KEYS + 1):
            took.append(_timed(lambda: (shown.press("Space"), shown.wait_for("1 Again"))))
            took.append(_timed(lambda done=done: (shown.press("4"), shown.wait_for(f"{done} done"))))
    looking = statistics.median(_timed(lambda: subprocess.run(["tmux", "-V"], capture_output=True)) for _ in range(20))
    _quantiles("a key on the review screen", took, f"p99 under 50 ms; two calls of tmux alone {looking * 2000:.0f} ms")


def _painted(command: list[str], home: Path, text: str) -> float:
    begun = time.perf_counter()
    with terminal(command, home) as shown:
        shown.wait_for(text)
        return time.perf_counter() - begun


def _timed_process(command: list[str]) -> float:
    return _timed(lambda: subprocess.run(command, check=True, capture_output=True, env={**os.environ}))


def _timed(action: Callable[[], object]) -> float:
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


def _ratio(what: str, ours: list[float], peer: list[float], target: str) -> None:
    mine, theirs = statistics.median(ours), statistics.median(peer)
    print(f"{what:40} {mine / theirs:5.2f}  ({mine * 1000:.0f} ms / {theirs * 1000:.0f} ms; {target})")


def _quantiles(what: str, took: list[float], target: str) -> None:
    ordered = sorted(took)
    p50, p99 = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)]
    print(f"{what:40} p50 {p50 * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms  ({target})")


if __name__ == "__main__":
    main()
