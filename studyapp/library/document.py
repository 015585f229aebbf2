"""A YAML file read with its positions, so that an error can say file, line and column."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from studyapp.domain.origin import Origin
from studyapp.domain.topics import Problem
from studyapp.library.schema import Loader

MOST_BYTES = 4 * 1024 * 1024
DEEPEST = 50
Key = str | int


class Unreadable(Exception):
    """A file that gives no data at all; `problems` say where and why."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Document:
    """The data of one file, and the nodes that know where each part of it stands."""

    file: str
    data: dict[Any, Any]
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
                if name.value == str(path[-1]):
                    return _origin(self.file, name.start_mark)
        return self.origin(*path)


def read(path: Path, shown: str) -> Document:
    """The document in a file; `shown` is how the file is named in messages.

    Raises Unreadable when there is no YAML mapping to be had from it.
    """
    text = read_text(path, shown)
    try:
        _refuse_odd_yaml(text, shown)
        root = yaml.compose(text, Loader)
        if root is None:
            raise Unreadable(Problem(Origin(shown), "the file is empty; expected a mapping"))
        if not isinstance(root, yaml.MappingNode):
            raise Unreadable(Problem(_origin(shown, root.start_mark), "expected a mapping at the top of the file"))
        if repeated := sorted(_repeated(root, shown), key=lambda problem: (problem.origin.line, problem.origin.column)):
            raise Unreadable(*repeated)
        return Document(shown, Loader("").construct_document(root), root)
    except yaml.MarkedYAMLError as error:
        raise Unreadable(Problem(_origin(shown, error.problem_mark or error.context_mark), _said(error))) from None


def read_text(path: Path, shown: str) -> str:
    """The text of a UTF-8 file. Raises Unreadable when it is none, or too large."""
    try:
        if path.exists() and not path.is_file():
            raise Unreadable(Problem(Origin(shown), "this is not a file"))
        if path.stat().st_size > MOST_BYTES:
            raise Unreadable(Problem(Origin(shown), f"larger than {MOST_BYTES // 2**20} MiB; split it"))
        raw = path.read_bytes()
    except OSError as error:
        raise Unreadable(Problem(Origin(shown), f"cannot be read: {error.strerror}")) from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode("utf-8", "replace")
        raise Unreadable(Problem(_end(shown, before), "not UTF-8 text; is this a binary file?")) from None
    if unprintable := yaml.reader.Reader.NON_PRINTABLE.search(text):
        said = f"the character U+{ord(unprintable[0]):04X} is no text; is this a binary file?"
        raise Unreadable(Problem(_end(shown, text[: unprintable.start()]), said))
    return text


def _refuse_odd_yaml(text: str, shown: str) -> None:
    """Refuse what YAML allows and content does without: aliases and tags, and nesting that no shape has.

    Seen in the stream of events, before anything recurses: libyaml's composer overflows the stack of the process.
    """
    depth = 0
    for event in yaml.parse(text, Loader):
        said = ""
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            said = "anchors and aliases (& and *) are not used here; write it out, or quote the text"
        if tag := getattr(event, "tag", None):
            said = f"tags such as {tag} are not used here; put a text that begins with ! in quotes"
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            said = f"nested more than {DEEPEST} levels deep"
        if said:
            raise Unreadable(Problem(_origin(shown, event.start_mark), said))


def _repeated(root: yaml.Node, shown: str) -> Iterator[Problem]:
    """Keys that are given twice (YAML keeps the last, silently) or are no plain words."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, yaml.SequenceNode):
            waiting.extend(node.value)
        elif isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                waiting.append(value)
                if not isinstance(key, yaml.ScalarNode):
                    yield Problem(
                        _origin(shown, key.start_mark), "a key must be a word; put a text with braces in quotes"
                    )
                elif key.value in seen:
                    yield Problem(_origin(shown, key.start_mark), f"the key `{key.value}` stands here twice")
                else:
                    seen.add(key.value)


def _said(error: yaml.MarkedYAMLError) -> str:
    said = " ".join(part for part in (error.context, error.problem) if part)
    quotes = any(sign in said for sign in ("flow", "mapping values", "cannot start", "alias", "anchor", "tag"))
    return f"not valid YAML: {said}{'. Does a text need quotes?' if quotes else ''}"


def _child(node: yaml.Node, key: Key) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        return node.value[key]  # type: ignore[no-any-return]
    if isinstance(node, yaml.MappingNode):
        return next((value for name, value in node.value if name.value == str(key)), None)
    return None


def _origin(shown: str, mark: Any) -> Origin:
    return Origin(shown, mark.line + 1, mark.column + 1) if mark else Origin(shown)


def _end(shown: str, before: str) -> Origin:
    """The place right behind a text."""
    return Origin(shown, before.count("\n") + 1, len(before) - before.rfind("\n"))
