"""The library put together from the shipped content and a person's own packs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studyapp.domain.origin import Origin
from studyapp.domain.topics import CoveragePoint, Library, Problem, Reference, Topic
from studyapp.library import build
from studyapp.library.reference import read_reference
from studyapp.library.rules import structure
from studyapp.library.shapes import Placed, TopicFiles
from studyapp.library.topic_folder import ITEM_FILES, read_topic, sections

REFERENCE = "reference"
FILE_OF = {key: name for name, key in ITEM_FILES.items()}


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
    if not root.is_dir():
        message = "there is no such folder" if not root.exists() else "this is not a folder"
        return Pack(root, shown, (), Reference(), (Problem(Origin(shown), message),))
    problems: list[Problem] = []
    topics = []
    reference = Reference()
    for folder in topic_folders(root):
        name = shown if folder == root else f"{shown}/{folder.name}"
        try:
            if folder.name == REFERENCE:
                reference, wrong = read_reference(folder, name)
            else:
                files, wrong = read_topic(folder, name)
                topics.append(_usable(files, name, wrong))
        except OSError as error:
            wrong = [Problem(Origin(name), f"cannot be read: {error.strerror}")]
        problems += wrong
    problems += _duplicate_ids(topics, shown)
    return Pack(root, shown, tuple(topics), reference, tuple(problems))


def topic_folders(root: Path) -> list[Path]:
    """The topic folders of a root, which may itself be one."""
    if (root / "topic.yaml").exists():
        return [root]
    return sorted(path for path in root.iterdir() if path.is_dir() and not path.name.startswith((".", "_")))


def assemble(packs: Sequence[Pack]) -> Library:
    """One library of all packs; where two have an item of one id, the later pack's counts."""
    slugs = dict.fromkeys(files.folder for pack in packs for files in pack.topics)
    problems = [problem for pack in packs for problem in pack.problems]
    topics = []
    for slug in slugs:
        layers = [(pack, files) for pack in packs for files in pack.topics if files.folder == slug]
        topic = _topic(slug, layers)
        if topic is None:
            pack = layers[0][0]
            broken = any(problem.origin.file.endswith(f"{slug}/topic.yaml") for problem in problems)
            if not broken:
                problems.append(Problem(Origin(f"{pack.shown}/{slug}"), "there is no topic.yaml in this folder"))
            topic = Topic(slug, slug)
        topics.append(topic)
    return Library.of(topics, _reference(packs), tuple(problems))


def _topic(slug: str, layers: Sequence[tuple[Pack, TopicFiles]]) -> Topic | None:
    heads = [files.topic for _, files in layers if files.topic is not None]
    if not heads and not any(files.cards or files.questions for _, files in layers):
        return None
    declared = {key: build.source(key, shape) for head in heads for key, shape in head.sources.items()}
    notes = "\n\n".join(files.notes for _, files in layers if files.notes)
    head = heads[-1] if heads else None
    return Topic(
        slug=slug,
        title=head.title if head else slug,
        prompt=head.prompt if head else "",
        summary=head.summary if head else "",
        order=head.order if head else 100,
        lab=(head.lab if head else "") or slug,
        cards=_built(layers, "cards", build.card, slug, declared),
        questions=_built(layers, "questions", build.question, slug, declared),
        interviews=_built(layers, "interviews", build.interview, slug, declared),
        sections=sections(notes),
        coverage=tuple(
            CoveragePoint(placed.shape.id, placed.shape.point, tuple(placed.shape.ids), origin)
            for origin, placed in _layered(layers, "coverage", slug).values()
        ),
        retired=tuple(id_ for _, files in layers for id_ in files.retired),
    )


def _built(
    layers: Sequence[tuple[Pack, TopicFiles]], field: str, make: Any, slug: str, declared: Any
) -> tuple[Any, ...]:
    items = _layered(layers, field, slug).values()
    return tuple(make(placed.shape, slug, origin, declared) for origin, placed in items)


def _layered(layers: Sequence[tuple[Pack, TopicFiles]], field: str, slug: str) -> dict[str, tuple[Origin, Placed[Any]]]:
    """Items by id, a later pack's over an earlier one's, each with its place."""
    items: dict[str, tuple[Origin, Placed[Any]]] = {}
    name = FILE_OF["points" if field == "coverage" else field]
    for pack, files in layers:
        folder = pack.shown if pack.root.name == slug and (pack.root / name).exists() else f"{pack.shown}/{slug}"
        for placed in getattr(files, field):
            items[placed.shape.id] = (Origin(f"{folder}/{name}", placed.line, placed.column), placed)
    return items


def _usable(files: TopicFiles, shown: str, problems: list[Problem]) -> TopicFiles:
    """The same files without items that cannot be asked; why not goes to `problems`."""
    kept: dict[str, list[Placed[Any]]] = {}
    for field in ("cards", "questions", "interviews"):
        kept[field] = []
        for placed in getattr(files, field):
            origin = Origin(f"{shown}/{FILE_OF[field]}", placed.line, placed.column)
            wrong = [Problem(origin, f"{placed.shape.id}: {said}") for said in structure.faults(placed.shape)]
            problems += wrong
            if not wrong:
                kept[field].append(placed)
    return TopicFiles(
        folder=files.folder,
        topic=files.topic,
        coverage=files.coverage,
        notes=files.notes,
        retired=files.retired,
        **kept,
    )


def _duplicate_ids(topics: Iterable[TopicFiles], shown: str) -> list[Problem]:
    """Ids minted twice in one pack, whatever they stand for."""
    first: dict[str, Origin] = {}
    problems = []
    for files in topics:
        retired = set(files.retired)
        for field in ("cards", "questions", "interviews", "coverage"):
            name = FILE_OF["points" if field == "coverage" else field]
            for placed in getattr(files, field):
                origin = Origin(f"{shown}/{files.folder}/{name}", placed.line, placed.column)
                if placed.shape.id in first:
                    message = f"the id `{placed.shape.id}` is already used at {first[placed.shape.id]}; mint another"
                    problems.append(Problem(origin, message))
                elif placed.shape.id in retired:
                    problems.append(Problem(origin, f"the id `{placed.shape.id}` is listed under `retired`"))
                first.setdefault(placed.shape.id, origin)
    return problems


def _reference(packs: Sequence[Pack]) -> Reference:
    """Reference pages of all packs; a later group with a title takes the place of an earlier one."""
    pages: dict[str, dict[str, Any]] = {}
    for pack in packs:
        for name, groups in pack.reference.pages.items():
            pages.setdefault(name, {}).update({group.title: group for group in groups})
    return Reference({name: tuple(groups.values()) for name, groups in pages.items()})
