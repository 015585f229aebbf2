"""One topic folder read into shapes: whatever is right in it stays usable, whatever is wrong is named."""

import re
from pathlib import Path
from typing import Any

from studyapp.domain.origin import Origin
from studyapp.domain.topics import Problem, Section
from studyapp.library.decode import choose_kind, decode, suggestion
from studyapp.library.document import Document, Unreadable, read, read_text
from studyapp.library.rules import structure
from studyapp.library.shapes import (
    CARD_KINDS,
    QUESTION_KINDS,
    CoverageShape,
    InterviewShape,
    Placed,
    Shape,
    TopicFiles,
    TopicShape,
)

ITEM_FILES = {
    "cards.yaml": "cards",
    "quiz.yaml": "questions",
    "interview.yaml": "interviews",
    "coverage.yaml": "points",
}
KNOWN_FILES = ["topic.yaml", *ITEM_FILES, "notes.md"]
MINTED = re.compile(r"\bid: *([a-z0-9-]+)")


def read_topic(folder: Path, shown: str) -> tuple[TopicFiles, list[Problem]]:
    """What a topic's folder holds, and everything that is wrong with it."""
    problems = list(_stray_files(folder, shown))
    topic = _topic(folder, shown, problems)
    lists: dict[str, list[Placed[Any]]] = {}
    retired: list[str] = []
    left_out: list[str] = []
    for name, key in ITEM_FILES.items():
        path = folder / name
        document = _read(path, f"{shown}/{name}", problems) if path.exists() else None
        lists[key] = _items(document, key, left_out, problems) if document else []
        retired += _retired(document, problems) if document else []
        left_out += [] if document else _minted(path)
    files = TopicFiles(
        folder=folder.name,
        shown=shown,
        left_out=left_out,
        topic=topic,
        cards=lists["cards"],
        questions=lists["questions"],
        interviews=lists["interviews"],
        coverage=lists["points"],
        notes=_notes(folder / "notes.md", f"{shown}/notes.md", problems),
        retired=retired,
    )
    return files, problems


def sections(notes: str) -> tuple[Section, ...]:
    """The `##` sections of a topic's notes; what stands above the first one is left out."""
    parts = re.split(r"^## +(.+?)\s*$", notes, flags=re.MULTILINE)
    return tuple(
        Section(heading_slug(title), title, text.strip()) for title, text in zip(parts[1::2], parts[2::2], strict=True)
    )


def heading_slug(title: str) -> str:
    """A heading as it is linked to: lower case, words joined by hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


def _topic(folder: Path, shown: str, problems: list[Problem]) -> TopicShape | None:
    path = folder / "topic.yaml"
    if not path.exists():
        return None  # a pack may add to a topic that another one opened; `load` says if none did
    document = _read(path, f"{shown}/topic.yaml", problems)
    if document is None:
        return None
    topic, wrong = decode(document, document.data, TopicShape)
    problems += wrong
    if topic is not None and topic.slug != folder.name:
        message = f"the slug is `{topic.slug}` but the folder is `{folder.name}`; they must be the same"
        problems.append(Problem(document.origin("slug"), message))
        return None
    return topic


def _items(document: Document, key: str, left_out: list[str], problems: list[Problem]) -> list[Placed[Any]]:
    """The good items of a file's list; the faults of the others go to `problems`, their ids to `left_out`."""
    for name in document.data:
        if name not in (key, "retired"):
            message = f"unknown field `{name}`; expected `{key}`.{suggestion(str(name), [key, 'retired'])}"
            problems.append(Problem(document.key_origin(name), message))
    items = document.data.get(key)
    if not isinstance(items, list):
        message = f"`{key}`: expected a list" if key in document.data else f"`{key}` is missing: a list of items"
        problems.append(Problem(document.origin(key), message))
        return []
    good = []
    for index, item in enumerate(items):
        shape, wrong = _item(document, item, key, index)
        problems += wrong
        if shape is not None:
            origin = document.origin(key, index)
            good.append(Placed(shape, origin.line, origin.column))
        elif isinstance(item, dict):
            left_out += [id_ for id_ in (item.get("id"), *_listed(item.get("ids"))) if isinstance(id_, str)]
    return good


def _item(document: Document, item: Any, key: str, index: int) -> tuple[Shape | None, list[Problem]]:
    """The shape of one item, or why it cannot be asked."""
    kind = _shape(document, item, key, index)
    if isinstance(kind, Problem):
        return None, [kind]
    shape, problems = decode(document, item, kind, key, index)
    if shape is not None:
        origin = document.origin(key, index)
        problems = [Problem(origin, f"{item['id']}: {said}") for said in structure.faults(shape)]
    return (None if problems else shape), problems


def _shape(document: Document, item: Any, key: str, index: int) -> type[Shape] | Problem:
    match key:
        case "cards":
            return choose_kind(document, item, CARD_KINDS, (key, index))
        case "questions":
            return choose_kind(document, item, QUESTION_KINDS, (key, index))
        case "interviews":
            return InterviewShape
        case _:
            return CoverageShape


def _retired(document: Document, problems: list[Problem]) -> list[str]:
    retired = document.data.get("retired")
    if all(isinstance(id_, str) for id_ in _listed(retired)) and isinstance(retired, list | None):
        return _listed(retired)
    problems.append(Problem(document.origin("retired"), "`retired`: expected a list of ids"))
    return []


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _notes(path: Path, shown: str, problems: list[Problem]) -> str:
    if not path.exists():
        return ""
    try:
        return read_text(path, shown)
    except Unreadable as error:
        problems += error.problems
        return ""


def _read(path: Path, shown: str, problems: list[Problem]) -> Document | None:
    try:
        return read(path, shown)
    except Unreadable as error:
        problems += error.problems
        return None


def _minted(path: Path) -> list[str]:
    """The ids that a file would have given, had it been readable."""
    try:
        return MINTED.findall(path.read_text("utf-8", "replace"))
    except OSError:
        return []


def _stray_files(folder: Path, shown: str) -> list[Problem]:
    """YAML files that nothing reads, most often a misspelt name."""
    return [
        Problem(Origin(f"{shown}/{path.name}"), f"nothing reads this file.{suggestion(path.name, KNOWN_FILES)}")
        for path in sorted(folder.iterdir())
        if path.suffix in (".yaml", ".yml", ".md")
        and path.name not in [*KNOWN_FILES, "README.md"]
        and not path.name.startswith(".")
    ]
