"""The library put together from the shipped content and a person's own packs."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studyapp.domain.origin import Origin
from studyapp.domain.topics import CoveragePoint, Library, Problem, Reference, Topic
from studyapp.library import build
from studyapp.library.decode import suggestion
from studyapp.library.reference import PAGES, read_reference
from studyapp.library.shapes import Placed, TopicFiles, TopicShape
from studyapp.library.topic_folder import ITEM_FILES, read_topic, sections

REFERENCE = "reference"
FILE_OF = {"coverage" if key == "points" else key: name for name, key in ITEM_FILES.items()}


@dataclass(frozen=True, slots=True)
class Pack:
    """All topic folders below one root, as they were read; `shown` is how the root is named in messages."""

    root: Path
    shown: str
    topics: tuple[TopicFiles, ...]
    reference: Reference
    problems: tuple[Problem, ...]


def read_pack(root: Path, shown: str) -> Pack:
    """Everything below a content root. A folder that cannot be read is a problem, not an exception."""
    root = Path(os.path.abspath(root))
    problems: list[Problem] = []
    topics = []
    reference = Reference()
    for folder in _folders(root, shown, problems):
        name = shown if folder == root else f"{shown}/{folder.name}"
        try:
            if folder.name == REFERENCE:
                reference, wrong = read_reference(folder, name)
            else:
                files, wrong = read_topic(folder, name)
                topics.append(files)
        except OSError as error:
            wrong = [Problem(Origin(name), f"cannot be read: {error.strerror}")]
        problems += wrong
    problems += _duplicate_ids(topics)
    return Pack(root, shown, tuple(topics), reference, tuple(problems))


def assemble(packs: Sequence[Pack]) -> Library:
    """One library of all packs; where two have an item of one id, the later pack's counts."""
    layers: dict[str, list[TopicFiles]] = {}
    for pack in packs:
        for files in pack.topics:
            layers.setdefault(files.folder, []).append(files)
    problems = [problem for pack in packs for problem in pack.problems]
    opened = [slug for slug, parts in layers.items() if any(files.topic for files in parts)]
    named = {problem.origin.file for problem in problems}
    for slug, parts in layers.items():
        shown = parts[-1].shown
        if slug not in opened and f"{shown}/topic.yaml" not in named:  # a broken topic.yaml has been named already
            message = f"there is no topic.yaml in this folder, and no topic `{slug}` to add to."
            problems.append(Problem(Origin(shown), message + suggestion(slug, opened)))
    topics = [_topic(slug, parts) for slug, parts in layers.items()]
    return Library.of(topics, _reference(packs), tuple(problems))


def _folders(root: Path, shown: str, problems: list[Problem]) -> list[Path]:
    """The topic folders of a root, which may itself be one."""
    try:
        if (root / "topic.yaml").exists():
            return [root]
        inside = sorted(path for path in root.iterdir() if not path.name.startswith((".", "_")))
    except OSError as error:
        missing = not root.exists()
        said = "there is no such folder" if missing else f"cannot be read as a folder: {error.strerror}"
        problems.append(Problem(Origin(shown), said))
        return []
    folders = [path for path in inside if path.is_dir()]
    items = [path for path in inside if path.suffix in (".yaml", ".yml")]
    if not folders and any(path.name in ITEM_FILES or path.stem in PAGES for path in items):
        return [root]
    message = "nothing reads this file; items stand in a folder for each topic"
    problems += [Problem(Origin(f"{shown}/{path.name}"), message) for path in items]
    if not folders:
        problems.append(Problem(Origin(shown), "there is no topic in this folder; expected a folder for each"))
    return folders


def _topic(slug: str, layers: Sequence[TopicFiles]) -> Topic:
    heads = [files.topic for files in layers if files.topic is not None]
    head = heads[-1] if heads else TopicShape(slug, slug)
    declared = {key: build.source(key, shape) for each in heads for key, shape in each.sources.items()}
    return Topic(
        slug=slug,
        title=head.title,
        prompt=head.prompt,
        summary=head.summary,
        order=head.order,
        lab=head.lab or slug,
        cards=_built(layers, "cards", build.card, declared),
        questions=_built(layers, "questions", build.question, declared),
        interviews=_built(layers, "interviews", build.interview, declared),
        sections=sections("\n\n".join(files.notes for files in layers if files.notes)),
        coverage=tuple(
            CoveragePoint(placed.shape.id, placed.shape.point, tuple(placed.shape.ids), origin)
            for origin, placed in _layered(layers, "coverage")
        ),
        retired=tuple(id_ for files in layers for id_ in files.retired),
    )


def _built(layers: Sequence[TopicFiles], field: str, make: Any, declared: Any) -> tuple[Any, ...]:
    slug = layers[0].folder
    return tuple(make(placed.shape, slug, origin, declared) for origin, placed in _layered(layers, field))


def _layered(layers: Sequence[TopicFiles], field: str) -> Iterable[tuple[Origin, Placed[Any]]]:
    """Items with their places; of two with one id the later layer's stands, at the place of the earlier."""
    items = {placed.shape.id: (origin, placed) for files in layers for origin, placed in placed_items(files, field)}
    return items.values()


def placed_items(files: TopicFiles, field: str) -> Iterator[tuple[Origin, Placed[Any]]]:
    """The items of one file of a topic, each with its place."""
    for placed in getattr(files, field):
        yield Origin(f"{files.shown}/{FILE_OF[field]}", placed.line, placed.column), placed


def _duplicate_ids(topics: Iterable[TopicFiles]) -> Iterator[Problem]:
    """Ids minted twice in one pack, whatever they stand for."""
    first: dict[str, Origin] = {}
    for files in topics:
        for field in FILE_OF:
            for origin, placed in placed_items(files, field):
                id_ = placed.shape.id
                if id_ in first:
                    yield Problem(origin, f"the id `{id_}` is already used at {first[id_]}; mint another")
                elif id_ in files.retired:
                    yield Problem(origin, f"the id `{id_}` is listed under `retired`")
                first.setdefault(id_, origin)


def _reference(packs: Sequence[Pack]) -> Reference:
    """Reference pages of all packs; a later group with a title takes the place of an earlier one."""
    pages: dict[str, dict[str, Any]] = {}
    for pack in packs:
        for name, groups in pack.reference.pages.items():
            pages.setdefault(name, {}).update({group.title: group for group in groups})
    return Reference({name: tuple(groups.values()) for name, groups in pages.items()})
