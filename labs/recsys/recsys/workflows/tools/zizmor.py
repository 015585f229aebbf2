"""zizmor, a security auditor of workflows; offline, so without the audits that ask GitHub."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from recsys.manifests.finding import Finding, Severity
from recsys.workflows.tools.tool import Tool, program

GRAVE = ("Medium", "High")


def _command(path: Path) -> list[str] | None:
    found = program("zizmor")
    return [found, "--offline", "--no-progress", "--format", "json", str(path)] if found else None


def _read(printed: str, path: Path) -> Iterator[Finding]:
    for said in json.loads(printed):
        if said["ignored"]:
            continue
        place = next(one for one in said["locations"] if one["symbolic"]["kind"] == "Primary")
        line = place["concrete"]["location"]["start_point"]["row"] + 1
        reason = f"{said['desc']} ({place['symbolic']['annotation']})"
        severity: Severity = "error" if said["determinations"]["severity"] in GRAVE else "warning"
        yield Finding("zizmor", str(path), line, said["ident"], reason, f"See {said['url']}", severity)


ZIZMOR = Tool(
    "zizmor", "security audits: templates, caches, artefacts, actions known to be bad",
    "python -m pip install zizmor", _command, _read,
)  # fmt: skip
