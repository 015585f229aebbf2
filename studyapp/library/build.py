"""Shapes turned into domain objects."""

from typing import Any

from studyapp.domain.cards import Card, CardKind
from studyapp.domain.interviews import Clarification, Interview, Phase
from studyapp.domain.origin import Authored, Origin, Source
from studyapp.domain.questions import (
    Fault,
    Matching,
    MultipleChoice,
    Numeric,
    Open,
    Option,
    Ordering,
    Pair,
    Question,
    RubricPoint,
    ShortText,
    SingleChoice,
    SpotTheFault,
    Step,
)
from studyapp.library import shapes as s

Sources = dict[str, Source]


def keys(value: str | list[str]) -> tuple[str, ...]:
    """One key or a list of keys, as a tuple; nothing given is empty."""
    if not value:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def card(shape: s.AnyCard, topic: str, origin: Origin, sources: Sources) -> Card:
    """The card that a shape describes."""
    about = _authored(shape, topic, origin, sources)
    shared: dict[str, Any] = {"about": about, "example": shape.example, "questions": tuple(shape.questions)}
    match shape:
        case s.BasicShape():
            return Card(kind=CardKind.BASIC, front=shape.front, back=shape.back, **shared)
        case s.ReversedShape():
            return Card(kind=CardKind.REVERSED, front=shape.front, back=shape.back, **shared)
        case s.ClozeShape():
            return Card(kind=CardKind.CLOZE, front=shape.text, **shared)
        case s.TypeInShape():
            accept = (shape.answer, *shape.accept)
            back = "\n\n".join(part for part in (f"**{shape.answer}**", shape.back) if part)
            return Card(kind=CardKind.TYPEIN, front=shape.front, back=back, accept=accept, **shared)


def question(shape: s.AnyQuestion, topic: str, origin: Origin, sources: Sources) -> Question:
    """The question that a shape describes."""
    shared: dict[str, Any] = {
        "about": _authored(shape, topic, origin, sources),
        "stem": shape.stem,
        "scenario": shape.scenario,
        "cards": tuple(shape.cards),
    }
    match shape:
        case s.SingleShape():
            return SingleChoice(options=_options(shape.options), **shared)
        case s.MultipleShape():
            return MultipleChoice(options=_options(shape.options), **shared)
        case s.NumericShape():
            slack = _tolerance(shape.tolerance, shape.answer)
            shared |= {"unit": shape.unit, "units": dict(shape.units), "why": shape.why}
            return Numeric(answer=shape.answer, tolerance=slack, **shared)
        case s.OrderingShape():
            return Ordering(items=tuple(Step(item.text, item.why) for item in shape.items), **shared)
        case s.MatchingShape():
            pairs = tuple(Pair(pair.left, pair.right, pair.why) for pair in shape.pairs)
            return Matching(pairs=pairs, extra=tuple(shape.extra), **shared)
        case s.ShortShape():
            return ShortText(answer=shape.answer, accept=tuple(shape.accept), why=shape.why, **shared)
        case s.FaultyShape():
            faults = tuple(Fault(fault_lines(fault), fault.why) for fault in shape.faults)
            return SpotTheFault(code=shape.code, language=shape.language, faults=faults, fixed=shape.fixed, **shared)
        case s.OpenShape():
            return Open(rubric=_rubric(shape.rubric), model_answer=shape.model_answer, **shared)


def interview(shape: s.InterviewShape, topic: str, origin: Origin, sources: Sources) -> Interview:
    """The interview question that a shape describes."""
    return Interview(
        about=_authored(shape, topic, origin, sources),
        prompt=shape.prompt,
        minutes=shape.minutes,
        clarify=tuple(Clarification(ask.ask, ask.why) for ask in shape.clarify),
        outline=tuple(Phase(phase.phase, phase.minutes, phase.say) for phase in shape.outline),
        rubric=_rubric(shape.rubric),
        follow_ups=tuple(shape.follow_ups),
        mistakes=tuple(shape.mistakes),
        model_answer=shape.model_answer,
    )


def fault_lines(fault: s.FaultShape) -> tuple[int, ...]:
    """The lines any of which finds a fault."""
    return (*((fault.line,) if fault.line is not None else ()), *fault.lines)


def source(key: str, shape: s.SourceShape) -> Source:
    """A source that items can cite."""
    return Source(key, shape.title, shape.url)


def _authored(shape: s.ItemShape, topic: str, origin: Origin, sources: Sources) -> Authored:
    return Authored(
        id=shape.id,
        topic=topic,
        origin=origin,
        sources=tuple(sources[key] for key in keys(shape.source) if key in sources),
        tags=tuple(shape.tags),
        difficulty=shape.difficulty,
        as_of=shape.as_of,
        calc=keys(shape.calc),
        explain=shape.explain,
        section=shape.section,
        step=shape.step,
    )


def _options(options: list[s.OptionShape]) -> tuple[Option, ...]:
    return tuple(Option(option.text, option.why, option.correct) for option in options)


def _rubric(points: list[s.RubricShape]) -> tuple[RubricPoint, ...]:
    return tuple(RubricPoint(p.point, p.weight, tuple(p.phrases), p.why, tuple(p.cards)) for p in points)


def _tolerance(given: str | float, answer: float) -> float:
    """Absolute slack from an absolute number or a percentage of the answer."""
    if isinstance(given, str):
        return abs(answer) * float(given.rstrip(" %")) / 100
    return given
