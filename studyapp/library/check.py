"""The author's check: every rule over a content folder, every problem at once."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from studyapp.domain.labs import Lab
from studyapp.domain.topics import Library, Problem, Topic
from studyapp.library.load import Pack, assemble
from studyapp.library.rules import blind, card_style, citations, coverage, facts, interview_style, links, question_style
from studyapp.library.shapes import TopicFiles

NO_LABS: Mapping[str, Lab] = {}


def check(
    pack: Pack, shipped: Pack | None, today: date, labs: Mapping[str, Lab] = NO_LABS
) -> tuple[Library, list[Problem]]:
    """The library of one pack and all that is wrong with it, in the order of files and lines.

    A topic that the pack opens itself (with a `topic.yaml`) stands alone; one that it adds to may link to what is
    shipped.
    """
    packs = [shipped, pack] if shipped else [pack]
    around, library = assemble(packs), assemble([pack])
    known = set(shipped.problems) if shipped else set()
    found = [problem for problem in around.problems if problem not in known]
    for files in pack.topics:
        found += _citations(files, packs)
        topic = library.topics[files.folder]
        if files.topic is not None:
            found += _problems(topic, library, pack, today, labs.get(topic.lab))
        else:
            found += _problems(_own_part(around.topics[topic.slug], files), around, pack, today, labs.get(topic.lab))
    found.sort(key=lambda problem: (problem.origin.file, problem.origin.line, problem.origin.column))
    return library, found


def _citations(files: TopicFiles, packs: list[Pack]) -> Iterator[Problem]:
    """Problems with sources; where no topic.yaml could be read, that is problem enough."""
    heads = [same.topic for pack in packs for same in pack.topics if same.folder == files.folder and same.topic]
    if heads:
        yield from citations.problems(files, [key for head in heads for key in head.sources])


def _own_part(topic: Topic, files: TopicFiles) -> Topic:
    """The items of a topic that stand in these files."""

    def own(items: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(item for item in items if item.about.origin.file.startswith(f"{files.shown}/"))

    return replace(
        topic,
        cards=own(topic.cards),
        questions=own(topic.questions),
        interviews=own(topic.interviews),
        coverage=(),
    )


def _problems(topic: Topic, library: Library, pack: Pack, today: date, lab: Lab | None) -> Iterator[Problem]:
    left_out = {id_ for files in pack.topics for id_ in files.left_out}
    yield from links.problems(topic, library, left_out, lab)
    yield from facts.problems(topic, today)
    yield from card_style.problems(topic)
    yield from question_style.problems(topic)
    yield from interview_style.problems(topic)
    yield from blind.problems(topic)
    yield from coverage.problems(topic, left_out)
