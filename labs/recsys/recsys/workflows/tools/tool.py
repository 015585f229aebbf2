"""A checker that may be installed, and what it says as findings."""

from __future__ import annotations

import contextlib
import re
import resource
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
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            _unlimit(process.pid)
            try:
                output, complaints = process.communicate(timeout=SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ToolError(str(error)) from None
    if not output.strip():
        raise ToolError(_complaint(complaints) or f"it ended with status {process.returncode}")
    return output


def _complaint(text: str) -> str:
    """The line of an error message that says what is wrong."""
    lines = text.strip().splitlines()
    return next(
        (line for line in lines if re.search(r"error\b|fatal", line, re.IGNORECASE)), lines[-1] if lines else ""
    )


def _unlimit(pid: int) -> None:
    """Let a tool reserve as much address space as it likes: WebAssembly takes gigabytes of it and uses none."""
    if hasattr(resource, "prlimit"):
        with contextlib.suppress(OSError, ValueError):  # it may have ended already
            most = resource.prlimit(pid, resource.RLIMIT_AS)[1]
            resource.prlimit(pid, resource.RLIMIT_AS, (most, most))
