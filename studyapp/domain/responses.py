"""What a person answers, one class a kind of answer; each turns into JSON for the log and back."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Chosen:
    """Indices of options (single, multiple) as they stand in the file, from 0."""

    options: frozenset[int]


@dataclass(frozen=True, slots=True)
class Typed:
    """Text as it was typed (numeric, short)."""

    text: str


@dataclass(frozen=True, slots=True)
class Ordered:
    """Indices of items in the order they were put in."""

    items: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Matched:
    """The right side given to each left side, in the order of the pairs; empty where none was given."""

    rights: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Picked:
    """Line numbers picked as faulty, from 1."""

    lines: frozenset[int]


@dataclass(frozen=True, slots=True)
class SelfMarked:
    """A typed answer, and the indices of the rubric points that its writer found in it."""

    text: str
    points: frozenset[int]


Response = Chosen | Typed | Ordered | Matched | Picked | SelfMarked


def to_json(response: Response | None) -> dict[str, Any]:
    """A response as plain JSON values; None (no answer given) is an empty object."""
    match response:
        case None:
            return {}
        case Chosen(options):
            return {"chosen": sorted(options)}
        case Typed(text):
            return {"typed": text}
        case Ordered(items):
            return {"ordered": list(items)}
        case Matched(rights):
            return {"matched": list(rights)}
        case Picked(lines):
            return {"picked": sorted(lines)}
        case SelfMarked(text, points):
            return {"text": text, "points": sorted(points)}
