"""A card as one note of Anki: fields of HTML under an id that stays, so that a second import updates the first."""

import html
from collections.abc import Iterator
from dataclasses import dataclass

from studyapp.domain.cards import Card, CardKind
from studyapp.domain.topics import Library
from studyapp.interop.markup import to_html

DECK = "studyapp"
LINE = "<hr>"  # under it stands what goes with an answer; edits there are not read back


class ExchangeError(Exception):
    """A file of another program that cannot be read or written; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Note:
    """A note; `fields` are HTML, the two sides first. `deck` may be nested by `::`, `more` stands under the answer."""

    guid: str
    kind: CardKind
    fields: tuple[str, ...]
    deck: str = ""
    tags: tuple[str, ...] = ()
    more: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One review made in Anki; `part` is the place of the reviewed card in its note, from 0, `at` in milliseconds."""

    guid: str
    part: int
    at: int
    grade: int
    duration: int


def notes(library: Library) -> Iterator[Note]:
    """Every card of the library as a note, in its order."""
    for topic in library.topics.values():
        for card in topic.cards:
            yield note(card)


def note(card: Card) -> Note:
    """One card as a note; its id is the note's guid."""
    return Note(
        guid=card.id,
        kind=card.kind,
        fields=sides(card),
        deck=f"{DECK}::{card.topic}",
        tags=tuple(tag.replace(" ", "-") for tag in card.about.tags),
        more="\n".join(_more(card)),
    )


def sides(card: Card) -> tuple[str, str]:
    """What is asked and what is answered, as HTML; a typed answer is a plain word, a cloze has but one side."""
    match card.kind:
        case CardKind.TYPEIN:
            return to_html(card.front), html.escape(card.accept[0], quote=False)
        case CardKind.CLOZE:
            return to_html(card.front), ""
        case _:
            return to_html(card.front), to_html(card.back)


def _more(card: Card) -> Iterator[str]:
    """Explanation, example and sources."""
    texts = [card.back if card.kind is CardKind.TYPEIN else "", card.example, card.about.explain]
    yield from (to_html(text) for text in texts if text)
    for source in card.about.sources:
        title = html.escape(source.title)
        yield f'<div><a href="{html.escape(source.url)}">{title}</a></div>' if source.url else f"<div>{title}</div>"
