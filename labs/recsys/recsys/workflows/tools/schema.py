"""check-jsonschema with the workflow schema that comes with it (SchemaStore's)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from recsys.manifests.finding import Finding
from recsys.manifests.resource import Keys, parse
from recsys.workflows.tools.tool import Tool, program
from recsys.workflows.workflow import Workflow

PART = re.compile(r"\.([\w-]+)|\[(\d+)\]|\['(.*?)'\]")


def _command(path: Path) -> list[str] | None:
    found = program("check-jsonschema")
    options = ["--builtin-schema", "vendor.github-workflows", "--output-format", "json"]
    return [found, *options, str(path)] if found else None


def _read(printed: str, path: Path) -> Iterator[Finding]:
    workflow = Workflow(next(iter(parse(path.read_text(encoding="utf-8"), str(path)))))
    for error in json.loads(printed)["errors"]:
        best: Mapping[str, str] = error.get("best_deep_match") or error
        reason = f"{best['path'].removeprefix('$.')}: {best['message'].rstrip('.')}"
        fix = "Compare with GitHub's workflow syntax"
        yield workflow.finding("schema", _keys(best["path"]), reason, fix, of="check-jsonschema")


def _keys(path: str) -> Keys:
    """`$.jobs.a.steps[1]['timeout-minutes']` as a way."""
    return tuple(int(place) if place else quoted or plain for plain, place, quoted in PART.findall(path))


SCHEMA = Tool(
    "check-jsonschema", "the workflow schema: type and values of each field",
    "python -m pip install check-jsonschema", _command, _read,
)  # fmt: skip
