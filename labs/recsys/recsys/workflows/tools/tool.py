"""A checker that may be installed, and what it says as findings."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from recsys.manifests.finding import Finding, Report

SECONDS = 60.0


class ToolError(Exception):
    """A tool that is there and does not work; the message is its own."""


@dataclass(frozen=True, slots=True)
class Tool:
    """`command` is how to run it on a file, None where it is not installed; `read` makes findings of what it prints."""

    name: str
    adds: str
    get: str
    command: Callable[[Path], list[str] | None]
    read: Callable[[str, Path], Iterable[Finding]]

    def look(self, path: Path, report: Report) -> None:
        """Add what the tool finds, or a note that it is missing or broken."""
        command = self.command(path)
        if command is None:
            report.notes.append(f"{self.name} is not installed. It would add {self.adds}. To get it: {self.get}")
            return
        try:
            report.findings += self.read(_printed(command), path)
        except (ToolError, ValueError, KeyError, TypeError, StopIteration) as error:
            report.notes.append(f"{self.name} could not look: {error}")


def program(name: str) -> str | None:
    """A program beside this Python, else on the path."""
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.is_file() else shutil.which(name)


def _printed(command: list[str]) -> str:
    """Standard output; a status other than 0 is how these tools say that they found something."""
    try:
        ended = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ToolError(str(error)) from None
    if not ended.stdout.strip():
        lines = ended.stderr.strip().splitlines()
        complaint = next((line for line in lines if line.lower().startswith(("error", "fatal"))), "")
        raise ToolError(complaint or (lines[-1] if lines else f"it ended with status {ended.returncode}"))
    return ended.stdout
