"""What went wrong in a service, read from its log: the line of the learner's that broke, not a traceback."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

FRAME = re.compile(r'\s*File "(?P<file>[^"]+)", line (?P<line>\d+)')
RAISED = re.compile(r"(?P<kind>[A-Za-z_][\w.]*(?:Error|Exception|Interrupt|Exit)): ?(?P<said>.*)")
UNWRITTEN = re.compile(r"step \d+\b")  # how a starter says what is to be written
PORT = re.compile(r"Address already in use|address already in use|Errno 98|Errno 48")


def why(log: Sequence[str], workspace: Path) -> str:
    """One sentence for a person; empty where the log says nothing that is known."""
    if any(PORT.search(line) for line in log):
        return "the port is taken by another program; choose another, or none to get a free one"
    raised = next((found for line in reversed(log) if (found := RAISED.match(line))), None)
    if raised is None:
        said = next((line[len("recsys: ") :] for line in reversed(log) if line.startswith("recsys: ")), "")
        return f"{_marked(said, workspace)}not written yet: {said}" if UNWRITTEN.match(said) else said
    return _told(raised["kind"].rpartition(".")[2], raised["said"], _place(log, workspace))


def faults(log: Sequence[str]) -> list[str]:
    """What failed while the service ran, each once: `NotImplementedError at cache.py:12`."""
    found = []
    for line in log:
        if line.startswith("{") and ('"fault"' in line or '"background_failed"' in line):
            said = json.loads(line)
            found.append(f"{said.get('error')} at {said.get('place') or said.get('step')}")
    return list(dict.fromkeys(found))


def _told(kind: str, said: str, place: str) -> str:
    missing = re.match(r"No module named '([\w.]+)'", said)
    if missing and not missing[1].startswith("recsys"):
        return f"the package {missing[1]} is not installed: `python -m pip install {missing[1]}`"
    if kind == "NotImplementedError":
        return f"{place}not written yet: {said or 'a part that the service needs to start'}"
    return f"{place}{kind}: {said}"


def _place(log: Sequence[str], workspace: Path) -> str:
    """`file:line: ` of the last frame of a traceback that is in the workspace."""
    root = workspace.resolve()
    for line in reversed(log):
        if (found := FRAME.match(line)) and Path(found["file"]).is_relative_to(root):
            return f"{Path(found['file']).relative_to(root)}:{found['line']}: "
    return ""


def _marked(said: str, workspace: Path) -> str:
    """`file:line: ` of the starter's mark with this text."""
    for path in sorted(workspace.rglob("*.py")):
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
            if said in line:
                return f"{path.relative_to(workspace)}:{number}: "
    return ""
