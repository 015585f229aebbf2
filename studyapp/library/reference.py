"""The reference pages beside the topics: key numbers, checklist, interview craft, essentials."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studyapp.domain.origin import Origin, Source
from studyapp.domain.topics import Entry, Group, Problem, Reference
from studyapp.library import build
from studyapp.library import shapes as s
from studyapp.library.calc import problem_with
from studyapp.library.decode import decode, suggestion
from studyapp.library.document import Document, Key, Unreadable, read


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
    first: dict[str, Origin] = {}
    for path in sorted(folder.glob("[!.]*.y*ml")):
        name = f"{shown}/{path.name}"
        page = PAGES.get(path.stem) if path.suffix == ".yaml" else None
        if page is None:
            near = suggestion(path.name, [f"{known}.yaml" for known in PAGES])
            problems.append(Problem(Origin(name), f"nothing reads this file.{near}"))
            continue
        try:
            pages[path.stem] = _groups(read(path, name), page, first, problems)
        except Unreadable as error:
            problems += error.problems
    return Reference({name: pages[name] for name in PAGES if name in pages}), problems


def _groups(document: Document, page: _Page, first: dict[str, Origin], problems: list[Problem]) -> tuple[Group, ...]:
    """The good groups of a page; what is wrong with the others, and with what they cite, goes to `problems`."""
    for key in document.data:
        if key not in ("sources", page.key):
            near = suggestion(str(key), ["sources", page.key])
            problems.append(Problem(document.key_origin(key), f"unknown field `{key}`.{near}"))
    declared = {"sources": document.data["sources"]} if "sources" in document.data else {}
    shape, wrong = decode(document, declared, s.SourcesShape)
    problems += wrong
    sources = {key: build.source(key, source) for key, source in shape.sources.items()} if shape else None
    items = document.data.get(page.key)
    if not isinstance(items, list):
        problems.append(Problem(document.origin(page.key), f"`{page.key}`: expected a list"))
        return ()
    groups = []
    for index, item in enumerate(items):
        decoded, wrong = decode(document, item, page.shape, page.key, index)
        problems += wrong
        if decoded is not None:
            groups.append(page.group(decoded, sources or {}))
            problems += _loose_ends(document, decoded, sources, (page.key, index), first)
    return tuple(groups)


def _loose_ends(
    document: Document, group: Any, sources: dict[str, Source] | None, path: tuple[Key, ...], first: dict[str, Origin]
) -> Iterator[Problem]:
    """Names and ids given twice, sources that are not declared, arithmetic that does not hold."""
    yield from _once(f"{document.file}: {group.title}", f"`{group.title}`", document.origin(*path, "title"), first)
    field = next((field for field in ("numbers", "items") if hasattr(group, field)), "")
    rows = (
        [((*path, field, index), row) for index, row in enumerate(getattr(group, field))] if field else [(path, group)]
    )
    for place, row in rows:
        if id_ := getattr(row, "id", ""):
            yield from _once(id_, f"the id `{id_}`", document.origin(*place, "id"), first)
        for cited in build.keys(getattr(row, "source", "")):
            if sources is not None and cited not in sources:
                message = f"source `{cited}` is not declared under `sources`.{suggestion(cited, list(sources))}"
                yield Problem(document.origin(*place, "source"), message)
        for said in filter(None, map(problem_with, build.keys(getattr(row, "calc", "")))):
            yield Problem(document.origin(*place, "calc"), said)


def _once(key: str, named: str, origin: Origin, first: dict[str, Origin]) -> Iterator[Problem]:
    if key in first:
        yield Problem(origin, f"{named} is already used at {first[key]}; choose another")
    first.setdefault(key, origin)


def _cited(keys: str | list[str], sources: dict[str, Source]) -> tuple[Source, ...]:
    return tuple(sources[key] for key in build.keys(keys) if key in sources)
