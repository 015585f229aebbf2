"""Flashcards as they are written, and the prompts that are reviewed.

A card is what an author writes; a prompt is what the memory model schedules. A basic or type-in card has one prompt,
a reversed card two, a cloze card one for each blank number. Prompts of one card are siblings.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from studyapp.domain.origin import Authored

BLANK = re.compile(r"\{\{c(?P<number>\d+)::(?P<answer>.+?)(?:::(?P<hint>[^:}]+?))?\}\}", re.DOTALL)


class CardKind(StrEnum):
    """How a card asks."""

    BASIC = "basic"
    REVERSED = "reversed"
    CLOZE = "cloze"
    TYPEIN = "typein"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One authored flashcard; `front` holds the text with blanks where the kind is cloze."""

    about: Authored
    kind: CardKind
    front: str
    back: str = ""
    example: str = ""
    accept: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return self.about.id

    @property
    def topic(self) -> str:
        return self.about.topic


@dataclass(frozen=True, slots=True)
class Prompt:
    """One reviewable side of a card; `id` is the card's id, with `#part` where the card has several."""

    id: str
    card: Card
    front: str
    back: str

    @property
    def topic(self) -> str:
        return self.card.topic

    @property
    def typed(self) -> bool:
        """Whether the answer is typed before it is shown."""
        return self.card.kind is CardKind.TYPEIN


def prompts(card: Card) -> Iterator[Prompt]:
    """The prompts of a card, in a stable order."""
    match card.kind:
        case CardKind.REVERSED:
            yield Prompt(f"{card.id}#forward", card, card.front, card.back)
            yield Prompt(f"{card.id}#backward", card, card.back, card.front)
        case CardKind.CLOZE:
            for number in blank_numbers(card.front):
                yield Prompt(f"{card.id}#c{number}", card, _hide(card.front, number), _reveal(card.front, number))
        case _:
            yield Prompt(card.id, card, card.front, card.back)


def card_id(prompt_id: str) -> str:
    """The id of the card that a prompt belongs to."""
    return prompt_id.partition("#")[0]


def blank_numbers(text: str) -> list[int]:
    """The numbers of the blanks in a cloze text, ascending, each once."""
    return sorted({int(blank["number"]) for blank in BLANK.finditer(text)})


def plain_cloze(text: str) -> str:
    """A cloze text with every blank filled in."""
    return BLANK.sub(lambda blank: blank["answer"], text)


def _hide(text: str, number: int) -> str:
    def shown(blank: re.Match[str]) -> str:
        if int(blank["number"]) != number:
            return blank["answer"]
        return f"**[{blank['hint'] or '…'}]**"

    return BLANK.sub(shown, text)


def _reveal(text: str, number: int) -> str:
    def shown(blank: re.Match[str]) -> str:
        return f"**{blank['answer']}**" if int(blank["number"]) == number else blank["answer"]

    return BLANK.sub(shown, text)
