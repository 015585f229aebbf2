"""Links between items and to notes: each leads somewhere."""

from collections.abc import Collection, Iterator

from studyapp.domain.labs import Lab
from studyapp.domain.origin import Authored
from studyapp.domain.topics import Library, Problem, Topic
from studyapp.library.decode import suggestion


def problems(
    topic: Topic, library: Library, left_out: Collection[str] = (), lab: Lab | None = None
) -> Iterator[Problem]:
    """Links of a topic that lead nowhere in the whole library or its lab, nor to what is `left_out` as faulty."""
    cards = {card.id for other in library.topics.values() for card in other.cards}.union(left_out)
    questions = {*library.questions, *left_out}
    headings = [section.slug for section in topic.sections]
    for item in topic.items:
        yield from _section(item.about, headings)
        yield from _step(item.about, lab)
    for card in topic.cards:
        yield from _ids(card.about, "questions", card.questions, questions)
    for question in topic.questions:
        yield from _ids(question.about, "cards", question.cards, cards)
    for interview in topic.interviews:
        for point in interview.rubric:
            yield from _ids(interview.about, "rubric: cards", point.cards, cards)


def _section(about: Authored, headings: list[str]) -> Iterator[Problem]:
    if about.section and about.section not in headings:
        near = suggestion(about.section, headings)
        yield Problem(about.origin, f"{about.id}: no section `{about.section}` in notes.md.{near}")


def _step(about: Authored, lab: Lab | None) -> Iterator[Problem]:
    if lab and about.step and about.step not in (ids := [step.id for step in lab.steps]):
        near = suggestion(about.step, ids)
        yield Problem(about.origin, f"{about.id}: the lab {lab.slug} has no step `{about.step}`.{near}")


def _ids(about: Authored, field: str, ids: tuple[str, ...], known: set[str]) -> Iterator[Problem]:
    for id_ in ids:
        if id_ not in known:
            near = suggestion(id_, sorted(known))
            yield Problem(about.origin, f"{about.id}: `{field}` names `{id_}`, which does not exist.{near}")
