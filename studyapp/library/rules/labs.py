"""What a lab's manifest names in the content is there: cards, questions, and the question that ends it."""

from collections.abc import Collection, Iterator

from studyapp.domain.labs import Lab
from studyapp.domain.questions import Open
from studyapp.domain.topics import Library, Problem
from studyapp.library.decode import suggestion


def problems(lab: Lab, library: Library) -> Iterator[Problem]:
    """Ids of a lab that stand for nothing."""
    cards = {card.id for topic in library.topics.values() for card in topic.cards}
    endings = {question.id for question in library.questions.values() if isinstance(question, Open)}
    for step in lab.steps:
        yield from _missing(lab, f"{step.id}: `cards`", step.cards, cards)
        yield from _missing(lab, f"{step.id}: `questions`", step.questions, library.questions)
    yield from _missing(lab, "`explain`", [lab.explain], {*endings, *library.interviews})


def _missing(lab: Lab, where: str, ids: Collection[str], known: Collection[str]) -> Iterator[Problem]:
    for id_ in ids:
        if id_ not in known:
            near = suggestion(id_, sorted(known))
            yield Problem(lab.origin, f"{where} names `{id_}`, which does not exist.{near}")
