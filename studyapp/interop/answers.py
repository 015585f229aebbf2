"""Reviews made in Anki as events of the log; bringing the same ones in again adds nothing."""

import hashlib
from collections.abc import Iterable, Iterator

from studyapp.domain.cards import Card, CardKind, prompts
from studyapp.domain.events import Event, EventKind
from studyapp.domain.review import DEFAULT_RETENTION
from studyapp.domain.topics import Library
from studyapp.interop.note import Answer
from studyapp.interop.pack import card_id, cards_by_id

DEVICE = "anki"


def events(answers: Iterable[Answer], library: Library) -> Iterator[Event]:
    """The reviews of cards that the library has."""
    cards = cards_by_id(library)
    for answer in answers:
        card = cards.get(card_id(answer.guid))
        prompt = _prompt(card, answer.part) if card else ""
        if prompt:
            yield Event(
                id=f"{answer.at:012x}-anki-{hashlib.blake2s(prompt.encode(), digest_size=6).hexdigest()}",
                at=answer.at,
                device=DEVICE,
                kind=EventKind.REVIEW,
                subject=prompt,
                value=float(answer.grade),
                duration=answer.duration,
                body={"retention": DEFAULT_RETENTION},
            )


def _prompt(card: Card, part: int) -> str:
    """The prompt that a card of Anki's asks, whose blanks count from 0; empty where we have none such."""
    own = [prompt.id for prompt in prompts(card)]
    if card.kind is CardKind.CLOZE:
        asked = f"{card.id}#c{part + 1}"
        return asked if asked in own else ""
    return own[part] if part < len(own) else ""
