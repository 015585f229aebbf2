"""A YAML file read with its positions, so that an error can say file, line and column."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from studyapp.domain.origin import Origin
from studyapp.domain.topics import Problem

try:
    from yaml import CSafeLoader as Loader
except ImportError:  # PyYAML built without libyaml: the same result, fifteen times slower
    from yaml import SafeLoader as Loader  # type: ignore[assignment]

MOST_BYTES = 4 * 1024 * 1024
Key = str | int


class Unreadable(Exception):
    """A file that gives no data at all; `problem` says where and why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Document:
    """The data of one file, and the nodes that know where each part of it stands."""

    file: str
    data: Any
    root: yaml.Node

    def origin(self, *path: Key) -> Origin:
        """Where the value at a path stands; where it is missing, the place of what should hold it."""
        node = self.root
        for key in path:
            child = _child(node, key)
            if child is None:
                break
            node = child
        return _origin(self.file, node.start_mark)

    def key_origin(self, *path: Key) -> Origin:
        """Where the last key of a path is written (not its value)."""
        node = self.root
        for key in path[:-1]:
            node = _child(node, key) or node
        if isinstance(node, yaml.MappingNode):
            for name, _ in node.value:
                if name.value == path[-1]:
                    return _origin(self.file, name.start_mark)
        return self.origin(*path)


def read(path: Path, shown: str) -> Document:
    """The document in a file; `shown` is how the file is named in messages.

    Raises Unreadable when there is no YAML mapping to be had from it.
    """
    text = _text(path, shown)
    loader = Loader(text)
    try:
        root = loader.get_single_node()
        if root is None:
            raise Unreadable(Problem(Origin(shown), "the file is empty; expected a mapping"))
        for problem in _structure(root, shown):
            raise Unreadable(problem)
        data = loader.construct_document(root)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = " ".join(part for part in (error.context, error.problem) if part)
        raise Unreadable(Problem(_origin(shown, mark), f"not valid YAML: {said}")) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        said = str(error).splitlines()[0] if str(error) else "nested too deeply"
        raise Unreadable(Problem(Origin(shown), f"not valid YAML: {said}")) from None
    finally:
        loader.dispose()
    if not isinstance(data, dict):
        raise Unreadable(Problem(_origin(shown, root.start_mark), "expected a mapping at the top of the file"))
    return Document(shown, data, root)


def _text(path: Path, shown: str) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Unreadable(Problem(Origin(shown), f"larger than {MOST_BYTES // 2**20} MiB; split it"))
        raw = path.read_bytes()
    except OSError as error:
        raise Unreadable(Problem(Origin(shown), f"cannot be read: {error.strerror}")) from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - (raw.rfind(b"\n", 0, error.start) + 1) + 1
        raise Unreadable(Problem(Origin(shown, line, column), "not UTF-8 text; is this a binary file?")) from None


def _structure(root: yaml.Node, shown: str) -> Iterator[Problem]:
    """Keys given twice (YAML keeps the last, silently) and aliases (they can blow up)."""
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            yield Problem(
                _origin(shown, node.start_mark), "anchors and aliases (& and *) are not used here; write it out"
            )
            return
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            waiting.extend(node.value)
        elif isinstance(node, yaml.MappingNode):
            keys: set[Hashable] = set()
            for key, value in node.value:
                if key.value in keys and isinstance(key, yaml.ScalarNode):
                    yield Problem(_origin(shown, key.start_mark), f"the key `{key.value}` stands here twice")
                    return
                if isinstance(key, yaml.ScalarNode):
                    keys.add(key.value)
                waiting.append(value)


def _child(node: yaml.Node, key: Key) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        return node.value[key]  # type: ignore[no-any-return]
    if isinstance(node, yaml.MappingNode):
        return next((value for name, value in node.value if name.value == key), None)
    return None


def _origin(shown: str, mark: Any) -> Origin:
    return Origin(shown, mark.line + 1, mark.column + 1) if mark else Origin(shown)
