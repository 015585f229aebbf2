"""The reference pages beside the topics: key numbers, checklist, interview craft, essentials."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studyapp.domain.origin import Origin, Source
from studyapp.domain.topics import Entry, Group, Problem, Reference
from studyapp.library import build
from studyapp.library import shapes as s
from studyapp.library.calc import problem_with
from studyapp.library.decode import decode, suggestion
from studyapp.library.document import Document, Unreadable, read


@dataclass(frozen=True, slots=True)
class _Page:
    """How one page is written, and how its shape becomes groups of entries."""

    key: str
    shape: type[s.Shape]
    group: Callable[[Any, dict[str, Source]], Group]


def _numbers(shape: s.NumberGroupShape, sources: dict[str, Source]) -> Group:
    entries = (Entry(n.id, n.name, n.value, n.note, _cited(n.source, sources), n.as_of) for n in shape.numbers)
    return Group(shape.title, tuple(entries))


def _checks(shape: s.CheckGroupShape, _: dict[str, Source]) -> Group:
    return Group(shape.title, tuple(Entry(item.id, item.text, note=item.note) for item in shape.items))


def _tip(shape: s.TipShape, sources: dict[str, Source]) -> Group:
    return Group(shape.title, (Entry(shape.id, "", shape.text, shape.example, _cited(shape.source, sources)),))


def _steps(shape: s.StepsGroupShape, _: dict[str, Source]) -> Group:
    return Group(shape.title, tuple(Entry(f"{shape.title}:{n}", step) for n, step in enumerate(shape.steps, 1)))


PAGES = {
    "key-numbers": _Page("groups", s.NumberGroupShape, _numbers),
    "checklist": _Page("groups", s.CheckGroupShape, _checks),
    "interview-craft": _Page("tips", s.TipShape, _tip),
    "essentials": _Page("groups", s.StepsGroupShape, _steps),
}


def read_reference(folder: Path, shown: str) -> tuple[Reference, list[Problem]]:
    """The reference pages in a folder, and everything that is wrong with them."""
    pages: dict[str, tuple[Group, ...]] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.yaml")):
        name = f"{shown}/{path.name}"
        page = PAGES.get(path.stem)
        if page is None:
            near = suggestion(path.stem, list(PAGES))
            problems.append(Problem(Origin(name), f"nothing reads this file.{near}"))
            continue
        try:
            groups, wrong = _groups(read(path, name), page)
        except Unreadable as error:
            problems.append(error.problem)
        else:
            pages[path.stem] = groups
            problems += wrong
    ordered = {name: pages[name] for name in PAGES if name in pages}
    return Reference(ordered), problems + _duplicates(ordered, shown)


def _groups(document: Document, page: _Page) -> tuple[tuple[Group, ...], list[Problem]]:
    problems: list[Problem] = []
    sources: dict[str, Source] = {}
    for key, value in (document.data.get("sources") or {}).items():
        shape, wrong = decode(document, value, s.SourceShape, "sources", key)
        problems += wrong
        if shape is not None:
            sources[key] = build.source(key, shape)
    for key in document.data:
        if key not in ("sources", page.key):
            near = suggestion(str(key), ["sources", page.key])
            problems.append(Problem(document.key_origin(key), f"unknown field `{key}`.{near}"))
    items = document.data.get(page.key)
    if not isinstance(items, list):
        return (), [*problems, Problem(document.origin(page.key), f"`{page.key}`: expected a list")]
    groups = []
    for index, item in enumerate(items):
        shape_, wrong = decode(document, item, page.shape, page.key, index)
        problems += wrong
        if shape_ is not None:
            groups.append(page.group(shape_, sources))
            problems += _loose_ends(document, shape_, sources, page.key, index)
    return tuple(groups), problems


def _loose_ends(document: Document, shape: s.Shape, sources: dict[str, Source], key: str, index: int) -> list[Problem]:
    """Sources that are not declared, and arithmetic that does not hold."""
    problems = []
    rows: list[Any] = list(shape.numbers) if isinstance(shape, s.NumberGroupShape) else [shape]
    for row_index, row in enumerate(rows):
        inner = ("numbers", row_index) if isinstance(shape, s.NumberGroupShape) else ()
        for cited in build.keys(getattr(row, "source", "")):
            if cited not in sources:
                message = f"source `{cited}` is not declared under `sources`.{suggestion(cited, list(sources))}"
                problems.append(Problem(document.origin(key, index, *inner, "source"), message))
        failed = filter(None, map(problem_with, build.keys(getattr(row, "calc", ""))))
        problems += [Problem(document.origin(key, index, *inner, "calc"), said) for said in failed]
    return problems


def _cited(keys: str | list[str], sources: dict[str, Source]) -> tuple[Source, ...]:
    return tuple(sources[key] for key in build.keys(keys) if key in sources)


def _duplicates(pages: dict[str, tuple[Group, ...]], shown: str) -> list[Problem]:
    seen: set[str] = set()
    problems = []
    for name, groups in pages.items():
        for entry in (entry for group in groups for entry in group.entries):
            if entry.id in seen:
                problems.append(Problem(Origin(f"{shown}/{name}.yaml"), f"the id `{entry.id}` is used twice"))
            seen.add(entry.id)
    return problems
