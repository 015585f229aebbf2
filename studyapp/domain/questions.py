"""Quiz questions as they are written, one class a kind."""

from dataclasses import dataclass, field

from studyapp.domain.origin import Authored


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What every question has; the kinds below add what they ask for."""

    about: Authored
    stem: str
    scenario: bool = False
    cards: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return self.about.id

    @property
    def topic(self) -> str:
        return self.about.topic


@dataclass(frozen=True, slots=True)
class Option:
    """A choice, and why it is right or wrong."""

    text: str
    why: str
    correct: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleChoice(Question):
    """Exactly one option is right."""

    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MultipleChoice(Question):
    """One or more options are right, never all."""

    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Numeric(Question):
    """A number with a unit; `tolerance` is absolute, in `unit`; `units` maps other units to their factor."""

    answer: float
    tolerance: float
    unit: str = ""
    units: dict[str, float] = field(default_factory=dict)
    why: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One item of an ordering, and why it stands where it does."""

    text: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordering(Question):
    """Items to be put into the order in which they are written."""

    items: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """A left side and the right side that belongs to it."""

    left: str
    right: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching(Question):
    """Left sides to be given their right sides; `extra` right sides match nothing."""

    pairs: tuple[Pair, ...]
    extra: tuple[str, ...] = ()

    @property
    def rights(self) -> tuple[str, ...]:
        """Every right side on offer, each once."""
        return tuple(dict.fromkeys([*(pair.right for pair in self.pairs), *self.extra]))


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortText(Question):
    """A word or a few; `accept` holds further right forms."""

    answer: str
    accept: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault in an excerpt: any of `lines` (counted from 1) finds it."""

    lines: tuple[int, ...]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotTheFault(Question):
    """Code or configuration in which the faulty lines are to be picked."""

    code: str
    language: str
    faults: tuple[Fault, ...]
    fixed: str = ""


@dataclass(frozen=True, slots=True)
class RubricPoint:
    """A point that a strong answer makes, and the phrases that show it was made."""

    point: str
    weight: float
    phrases: tuple[str, ...] = ()
    why: str = ""
    cards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Open(Question):
    """A free answer, marked by its writer against a weighted rubric."""

    rubric: tuple[RubricPoint, ...]
    model_answer: str = ""
