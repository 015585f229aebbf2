"""A Kubernetes resource that remembers where each of its fields was written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from recsys.manifests.finding import Finding, Severity

Keys = tuple[str | int, ...]
"""The way to a field: ("spec", "ports", 0, "port")."""


class UnreadableError(ValueError):
    """A file that is no YAML, or whose mappings say one thing twice; carries the line."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


def dig(data: Any, *keys: str | int) -> Any:
    """The value at `keys`, None where the way ends early."""
    for key in keys:
        try:
            data = data[key]
        except (KeyError, IndexError, TypeError):
            return None
    return data


@dataclass(frozen=True)
class Resource:
    """One YAML document; `sources` are the files that a rendered one was made from, nearest first."""

    file: str
    data: dict[str, Any]
    lines: dict[Keys, int]
    sources: tuple[Resource, ...] = field(default=(), repr=False)

    @property
    def kind(self) -> str:
        """`Deployment`, `Service` and so on."""
        return str(self.data.get("kind", ""))

    @property
    def name(self) -> str:
        """The name in the metadata."""
        return str(self.get("metadata", "name") or "")

    @property
    def namespace(self) -> str:
        """The namespace, "default" where none is written."""
        return str(self.get("metadata", "namespace") or "default")

    def get(self, *keys: str | int) -> Any:
        """The value at `keys` or None."""
        return dig(self.data, *keys)

    def items(self, *keys: str | int) -> list[Any]:
        """The list at `keys`; empty where there is none."""
        found = self.get(*keys)
        return found if isinstance(found, list) else []

    def place(self, keys: Keys) -> tuple[str, int]:
        """File and line of a field, or of the nearest enclosing one that is written down."""
        candidates = self.sources or (self,)
        best = max(candidates, key=lambda source: source._depth(keys))
        return best.file, best.lines.get(keys[: best._depth(keys)], 1)

    def finding(self, rule: str, keys: Keys, reason: str, fix: str, severity: Severity = "error") -> Finding:
        """A finding about the field at `keys`."""
        file, line = self.place(keys)
        return Finding(rule, file, line, f"{self.kind}/{self.name}", reason, fix, severity)

    def _depth(self, keys: Keys) -> int:
        return next(depth for depth in range(len(keys), -1, -1) if depth == 0 or keys[:depth] in self.lines)


def read(path: Path, name: str | None = None) -> list[Resource]:
    """The documents of a YAML file. Raises UnreadableError, OSError."""
    return list(parse(path.read_text(encoding="utf-8"), name or str(path)))


def parse(text: str, file: str) -> Iterator[Resource]:
    """The documents of a YAML text that are mappings. Raises UnreadableError."""
    loader = yaml.CSafeLoader(text)
    try:
        while loader.check_node():
            node = loader.get_node()
            assert node is not None
            lines: dict[Keys, int] = {(): node.start_mark.line + 1}
            _index(node, (), lines)
            data = loader.construct_document(node)
            if isinstance(data, dict):
                yield Resource(file, data, lines)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise UnreadableError(mark.line + 1 if mark else 1, str(getattr(error, "problem", error))) from error
    finally:
        loader.dispose()


def _index(node: yaml.Node, keys: Keys, lines: dict[Keys, int]) -> None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = (*keys, key.value)
            if inner in lines:
                raise UnreadableError(key.start_mark.line + 1, f"{key.value!r} is written twice; the last would win")
            lines[inner] = key.start_mark.line + 1
            _index(value, inner, lines)
    elif isinstance(node, yaml.SequenceNode):
        for position, value in enumerate(node.value):
            lines[(*keys, position)] = value.start_mark.line + 1
            _index(value, (*keys, position), lines)
