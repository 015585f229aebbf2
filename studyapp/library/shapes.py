"""The shapes of content files, as an author writes them. What each field means: `content/README.md`."""

from typing import Annotated, Generic, TypeVar

from msgspec import Meta, Struct, field

# No pattern inside a union: msgspec 0.19 to 0.22 frees the compiled pattern once too often there and crashes.
Text = Annotated[str, Meta(min_length=1)]
Id = Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*\Z", max_length=80)]
Month = Annotated[str, Meta(pattern=r"^(\d{4}-(0[1-9]|1[0-2])(-\d{2})?)?\Z")]
Positive = Annotated[float, Meta(gt=0, le=1e300)]
Line = Annotated[int, Meta(ge=1)]
S = TypeVar("S")


class Shape(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A mapping with known keys only."""


class SourceShape(Shape):
    title: Text
    url: Annotated[str, Meta(pattern=r"^(https?://\S+)?$")] = ""


class TopicShape(Shape):
    slug: Id
    title: Text
    prompt: str = ""
    summary: str = ""
    order: int = 100
    lab: str = ""
    sources: dict[str, SourceShape] = {}


class ItemShape(Shape, kw_only=True):
    """What every item may carry."""

    id: Id
    source: Text | Annotated[list[Text], Meta(min_length=1)] = ""
    tags: list[Text] = []
    difficulty: Annotated[int, Meta(ge=1, le=3)] = 2
    as_of: Month = ""
    calc: Text | list[Text] = ""
    explain: str = ""
    section: str = ""
    step: str = ""


class CardShape(ItemShape, kw_only=True):
    questions: list[Id] = []
    example: str = ""


class BasicShape(CardShape, tag="basic", tag_field="kind"):
    front: Text
    back: Text


class ReversedShape(CardShape, tag="reversed", tag_field="kind"):
    front: Text
    back: Text


class ClozeShape(CardShape, tag="cloze", tag_field="kind"):
    text: Annotated[str, Meta(pattern=r"\{\{c\d+::")]


class TypeInShape(CardShape, tag="typein", tag_field="kind"):
    front: Text
    answer: Text
    accept: list[Text] = []
    back: str = ""


class OptionShape(Shape):
    text: Text
    why: Text
    correct: bool = False


class StepShape(Shape):
    text: Text
    why: Text


class PairShape(Shape):
    left: Text
    right: Text
    why: Text


class FaultShape(Shape):
    why: Text
    line: Line | None = None
    lines: list[Line] = []


class RubricShape(Shape):
    point: Text
    weight: Positive = 1.0
    phrases: list[Text] = []
    why: str = ""
    cards: list[Id] = []


class QuestionShape(ItemShape, kw_only=True):
    stem: Text
    scenario: bool = False
    cards: list[Id] = []


class SingleShape(QuestionShape, tag="single", tag_field="kind"):
    options: Annotated[list[OptionShape], Meta(min_length=2, max_length=6)]


class MultipleShape(QuestionShape, tag="multiple", tag_field="kind"):
    options: Annotated[list[OptionShape], Meta(min_length=2, max_length=8)]


class NumericShape(QuestionShape, tag="numeric", tag_field="kind"):
    answer: float
    tolerance: str | Annotated[float, Meta(ge=0, le=1e300)] = "1%"
    unit: str = ""
    units: dict[str, Positive] = {}
    why: str = ""


class OrderingShape(QuestionShape, tag="ordering", tag_field="kind"):
    items: Annotated[list[StepShape], Meta(min_length=3, max_length=7)]


class MatchingShape(QuestionShape, tag="matching", tag_field="kind"):
    pairs: Annotated[list[PairShape], Meta(min_length=2, max_length=6)]
    extra: list[Text] = []


class ShortShape(QuestionShape, tag="short", tag_field="kind"):
    answer: Text
    accept: list[Text] = []
    why: str = ""


class FaultyShape(QuestionShape, tag="fault", tag_field="kind"):
    code: Text
    faults: Annotated[list[FaultShape], Meta(min_length=1)]
    language: str = "text"
    fixed: str = ""


class OpenShape(QuestionShape, tag="open", tag_field="kind"):
    rubric: Annotated[list[RubricShape], Meta(min_length=1)]
    model_answer: str = ""


class ClarifyShape(Shape):
    ask: Text
    why: str = ""


class PhaseShape(Shape):
    phase: Text
    minutes: Annotated[int, Meta(ge=1)]
    say: str = ""


class InterviewShape(ItemShape, kw_only=True):
    prompt: Text
    minutes: Annotated[int, Meta(ge=1)]
    clarify: list[ClarifyShape] = []
    outline: Annotated[list[PhaseShape], Meta(min_length=1)]
    rubric: Annotated[list[RubricShape], Meta(min_length=1)]
    follow_ups: list[Text] = []
    mistakes: list[Text] = []
    model_answer: str = ""


class CoverageShape(Shape):
    id: Id
    point: Text
    ids: Annotated[list[Id], Meta(min_length=1)]
    source: Text | list[Text] = ""


class SourcesShape(Shape):
    sources: dict[str, SourceShape] = {}


class NumberShape(Shape):
    id: Id
    name: Text
    value: Text
    note: str = ""
    calc: Text | list[Text] = ""
    source: Text | list[Text] = ""
    as_of: Month = ""


class NumberGroupShape(Shape):
    title: Text
    numbers: list[NumberShape]


class CheckShape(Shape):
    id: Id
    text: Text
    note: str = ""


class CheckGroupShape(Shape):
    title: Text
    items: list[CheckShape]


class TipShape(Shape):
    id: Id
    title: Text
    text: Text
    example: str = ""
    source: Text | list[Text] = ""


class StepsGroupShape(Shape):
    title: Text
    steps: list[Text]


CARD_KINDS: dict[str, type[Shape]] = {
    "basic": BasicShape,
    "reversed": ReversedShape,
    "cloze": ClozeShape,
    "typein": TypeInShape,
}
QUESTION_KINDS: dict[str, type[Shape]] = {
    "single": SingleShape,
    "multiple": MultipleShape,
    "numeric": NumericShape,
    "ordering": OrderingShape,
    "matching": MatchingShape,
    "short": ShortShape,
    "fault": FaultyShape,
    "open": OpenShape,
}

AnyCard = BasicShape | ReversedShape | ClozeShape | TypeInShape
AnyQuestion = (
    SingleShape | MultipleShape | NumericShape | OrderingShape | MatchingShape | ShortShape | FaultyShape | OpenShape
)


class Placed(Struct, Generic[S], frozen=True):
    """A shape and where it stands in its file."""

    shape: S
    line: int
    column: int


class TopicFiles(Struct, frozen=True):
    """All that one topic folder holds; `shown` is how the folder is named in messages.

    `left_out` are the ids in what cannot be used: a link to one of them is not called broken as well.
    """

    folder: str
    shown: str
    left_out: list[str]
    topic: TopicShape | None = None
    cards: list[Placed[AnyCard]] = field(default_factory=list)
    questions: list[Placed[AnyQuestion]] = field(default_factory=list)
    interviews: list[Placed[InterviewShape]] = field(default_factory=list)
    coverage: list[Placed[CoverageShape]] = field(default_factory=list)
    notes: str = ""
    retired: list[str] = field(default_factory=list)
