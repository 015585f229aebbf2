"""Words of items, counted and compared as a reader would see them."""

import re

from studyapp.domain.cards import Card, CardKind, plain_cloze
from studyapp.domain.interviews import Interview
from studyapp.domain.questions import Question

FENCE = re.compile(r"```.*?(```|\Z)", re.DOTALL)
WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9'_./%-]*")
ABSOLUTES = frozenset({"always", "never", "only", "all"})
STOP = frozenset(
    "a an and are as at be by can do does for from has have how if in into is it its of on or so than that the their"
    " them then there these they this to was what when where which who why will with would you your".split()
)


def words(text: str) -> list[str]:
    """The words of a text, code blocks left out."""
    return WORD.findall(FENCE.sub(" ", text))


def content_words(text: str) -> set[str]:
    """The words that carry meaning, in lower case and without a plural s."""
    return {word.lower().rstrip("s.") for word in words(text)} - STOP


def bullets(text: str) -> int:
    """How many list items a text has."""
    return len(re.findall(r"^\s*(?:[-*]|\d+\.)\s", FENCE.sub(" ", text), flags=re.MULTILINE))


def front_of(card: Card) -> str:
    """A card's front as one sentence, blanks filled in."""
    return plain_cloze(card.front) if card.kind is CardKind.CLOZE else card.front


def item_text(item: Card | Question | Interview) -> str:
    """The asked and the answered text of an item."""
    if isinstance(item, Card):
        return f"{front_of(item)} {item.back}"
    return item.stem if isinstance(item, Question) else item.prompt
