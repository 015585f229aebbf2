"""The author's check: every rule over a content folder, every problem at once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from studyapp.domain.topics import Library, Problem, Topic
from studyapp.library.load import Pack, assemble
from studyapp.library.rules import blind, card_style, coverage, facts, links, question_style


def check(pack: Pack, shipped: Pack | None, today: date) -> tuple[Library, list[Problem]]:
    """The library of one pack and all that is wrong with it, in the order of files and lines.

    A topic that the pack opens itself (with a `topic.yaml`) stands alone; one that it adds to may link to what is
    shipped.
    """
    library = assemble([pack])
    around = assemble([shipped, pack]) if shipped else library
    opened = {files.folder for files in pack.topics if files.topic is not None}
    found = list(library.problems)
    for topic in library.topics.values():
        if topic.slug in opened:
            found += _problems(topic, library, today)
        else:
            found += _problems(_own_part(around.topics[topic.slug], pack.shown), around, today)
    found.sort(key=lambda problem: (problem.origin.file, problem.origin.line, problem.origin.column))
    return library, found


def _own_part(topic: Topic, shown: str) -> Topic:
    """The items of a topic that stand in the files below `shown`."""

    def own(items: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(item for item in items if item.about.origin.file.startswith(f"{shown}/"))

    return replace(
        topic,
        cards=own(topic.cards),
        questions=own(topic.questions),
        interviews=own(topic.interviews),
        coverage=(),
    )


def _problems(topic: Topic, library: Library, today: date) -> Iterator[Problem]:
    yield from links.problems(topic, library)
    yield from facts.problems(topic, today)
    yield from card_style.problems(topic)
    yield from question_style.problems(topic)
    yield from blind.problems(topic)
    yield from coverage.problems(topic)
