"""A real terminal: tmux with a socket and a configuration of its own, read until something stands on it."""

import os
import shlex
import shutil
import subprocess
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

DEADLINE = 30.0
LOOK_AGAIN = 0.003
AVAILABLE = shutil.which("tmux") is not None
WHY_NOT = "tmux is not installed: the journeys through a real terminal need it"


class Terminal:
    """One terminal that runs one command."""

    def __init__(self, socket: str) -> None:
        self._tmux = ["tmux", "-L", socket, "-f", "/dev/null"]

    def start(self, command: list[str], environment: dict[str, str], width: int, height: int) -> None:
        """Run a command in the terminal."""
        assignments = [f"{key}={value}" for key, value in environment.items()]
        line = shlex.join(["env", *assignments, *command])
        self._call("new-session", "-d", "-x", str(width), "-y", str(height), line)

    def press(self, *keys: str) -> None:
        """Type keys by their tmux names (Space, Enter, Escape, letters)."""
        self._call("send-keys", *keys)

    def text(self) -> str:
        """What stands on the screen."""
        return self._call("capture-pane", "-p").stdout

    def wait_for(self, *texts: str, one_of: Iterable[str] = ("",)) -> str:
        """The screen once every text, and one of `one_of`, stands on it; fails with the screen when they do not."""
        begun = time.monotonic()
        while time.monotonic() - begun < DEADLINE:
            shown = self.text()
            if all(text in shown for text in texts) and any(text in shown for text in one_of):
                return shown
            time.sleep(LOOK_AGAIN)
        raise AssertionError(f"{texts} did not all appear:\n{self.text()}")

    def wait_for_end(self) -> None:
        """Return when the command has ended."""
        begun = time.monotonic()
        while time.monotonic() - begun < DEADLINE:
            if self._call("has-session", check=False).returncode != 0:
                return
            time.sleep(LOOK_AGAIN)
        raise AssertionError(f"the command goes on:\n{self.text()}")

    def close(self) -> None:
        """End the terminal and whatever runs in it."""
        self._call("kill-server", check=False)

    def _call(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*self._tmux, *arguments], capture_output=True, text=True, check=check, timeout=10)


@contextmanager
def terminal(command: list[str], home: Path, width: int = 80, height: int = 24) -> Iterator[Terminal]:
    """A terminal in which a command runs with a home of its own."""
    opened = Terminal(f"studyapp-{uuid.uuid4().hex[:8]}")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "STUDYAPP_HOME": str(home / "studyapp"),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
    }
    try:
        opened.start(command, environment, width, height)
        yield opened
    finally:
        opened.close()
