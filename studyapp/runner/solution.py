"""The reference for one step: the parts of it that stand where the starter says `step N`, or else whole files.

A part is a definition or a constant of a Python file. In YAML it is what the reference has under the keys that the mark
names in backticks ("# step 5: `startupProbe`, `livenessProbe`"); a mark that names none means the whole file.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from studyapp.domain.labs import LabStep
from studyapp.runner.workspace import SERVICE, Workspace

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True)
class Solution:
    """A stretch of the reference; `name` is a definition's qualified name or a key, empty for a whole file."""

    file: str
    name: str
    text: str


def solution(workspace: Workspace, step: LabStep) -> list[Solution]:
    """What the reference has for a step; every replaced file in full where the starter marks nothing of it."""
    lab = workspace.lab
    marked = [part for name in lab.replaces for part in _marked(workspace, name, lab.number(step))]
    if marked:
        return marked
    return [Solution(name, "", reference(workspace, name)) for name in lab.replaces]


def reference(workspace: Workspace, name: str) -> str:
    """A file of the reference."""
    return (workspace.labs_root / SERVICE / name).read_text("utf-8")


def _marked(workspace: Workspace, name: str, number: int) -> Iterator[Solution]:
    starter = workspace.labs_root / workspace.lab.slug / "starter" / name
    if not starter.is_file():
        return
    mark = re.compile(rf"\bstep {number}\b", re.IGNORECASE)
    if not name.endswith(".py"):
        yield from _marked_keys(starter, mark, name, reference(workspace, name))
        return
    wanted = {qualified for qualified, text in _definitions(starter) if mark.search(text)}
    for qualified, text in _definitions(workspace.labs_root / SERVICE / name):
        if qualified in wanted:
            yield Solution(name, qualified, text)


def _marked_keys(starter: Path, mark: re.Pattern[str], name: str, text: str) -> Iterator[Solution]:
    """The blocks of a file's reference that the marks of its starter name; all of it where they name none."""
    marks = [line for line in starter.read_text("utf-8").splitlines() if mark.search(line)]
    keys = {key for line in marks for key in re.findall(r"`(\w+)`", line)}
    if marks and not keys:
        yield Solution(name, "", text)
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines):
        found = re.match(r"( *)(- )?(\w+):", line)
        if found and found[3] in keys:
            block = [*_comment(lines[:number], found[1]), *_block(lines[number:], len(found[1]))]
            yield Solution(name, found[3], "".join(block))


def _comment(before: list[str], indent: str) -> list[str]:
    """The lines of comment right above a key."""
    first = len(before)
    while first and before[first - 1].startswith(f"{indent}#"):
        first -= 1
    return before[first:]


def _block(lines: list[str], indent: int) -> list[str]:
    """The first line, and those after it that are indented more."""
    outside = (number for number, line in enumerate(lines[1:], 1) if line.strip() and _indent(line) <= indent)
    return lines[: next(outside, len(lines))]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _definitions(path: Path) -> Iterator[tuple[str, str]]:
    """(qualified name, source) of each function, each class without its methods, decorators included, each constant."""
    source = path.read_text("utf-8")
    lines = source.splitlines(keepends=True)
    waiting: list[tuple[str, ast.AST]] = [("", ast.parse(source))]
    while waiting:
        prefix, node = waiting.pop()
        for inner in ast.iter_child_nodes(node):
            if (
                isinstance(inner, ast.Assign)
                and isinstance(node, ast.Module)
                and isinstance(inner.targets[0], ast.Name)
            ):
                yield inner.targets[0].id, "".join(lines[inner.lineno - 1 : inner.end_lineno])
            if isinstance(inner, Definition):
                qualified = f"{prefix}{inner.name}"
                yield qualified, "".join(lines[_first(inner) - 1 : _last(inner)])
                if isinstance(inner, ast.ClassDef):
                    waiting.append((f"{qualified}.", inner))


def _first(node: Definition) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _last(node: Definition) -> int:
    """The last line; of a class, that before its first method."""
    if isinstance(node, ast.ClassDef):
        methods = [_first(inner) for inner in node.body if isinstance(inner, Definition)]
        return min(methods) - 1 if methods else node.end_lineno or node.lineno
    return node.end_lineno or node.lineno
