"""An answered question explained, as Markdown: the verdict, and every option with its reason."""

from collections.abc import Sequence

from studyapp.domain.questions import (
    Matching,
    MultipleChoice,
    Numeric,
    Open,
    Option,
    Ordering,
    Question,
    ShortText,
    SingleChoice,
    SpotTheFault,
)
from studyapp.domain.quiz import Answer
from studyapp.domain.responses import Chosen, Matched, Ordered, Picked, SelfMarked, Typed


def verdict(given: Answer) -> str:
    """Whether the answer was right and what it earned."""
    share = given.mark.share
    said = "✓ Right" if given.mark.right else "✗ Wrong" if share == 0 else f"◐ {share:.0%} right"
    return f"{said}   {signed(given.points)} points"


def signed(points: float) -> str:
    """Points as the line that asks how sure writes them: `+2`, `+1.3`, `0`, `−6`."""
    return f"{points:+.1f}".removesuffix(".0").replace("-", "−") if points else "0"


def explanation(given: Answer) -> str:
    """The right answer, each part with its reason; the person's own parts marked with an arrow."""
    question = given.question
    parts = ["\n".join(_parts(given))]
    if question.about.explain:
        parts.append(question.about.explain.strip())
    return "\n\n".join(parts)


def _parts(given: Answer) -> list[str]:
    question, response = given.question, given.response
    match question:
        case SingleChoice(options=options) | MultipleChoice(options=options):
            chosen = response.options if isinstance(response, Chosen) else frozenset()
            right_first = sorted(enumerate(options), key=lambda row: not row[1].correct)
            return [_option(option, index in chosen) for index, option in right_first]
        case Ordering(items=items):
            own = _own_order(response, len(items))
            return [f"{n}. **{item.text}** — {item.why}{own[n - 1]}" for n, item in enumerate(items, 1)]
        case Matching(pairs=pairs):
            rights = response.rights if isinstance(response, Matched) else ()
            return [_pair(pair.left, pair.right, pair.why, rights[i : i + 1]) for i, pair in enumerate(pairs)]
        case SpotTheFault():
            return _faults(question, response.lines if isinstance(response, Picked) else frozenset())
        case Open(rubric=rubric):
            made = response.points if isinstance(response, SelfMarked) else frozenset()
            points = [f"- {'✓' if i in made else '✗'} **{p.point}** — {p.why}" for i, p in enumerate(rubric)]
            return [*points, "", question.model_answer.strip()]
        case _:
            return [_typed(question, response.text if isinstance(response, Typed) else "")]


def _option(option: Option, chosen: bool) -> str:
    own = " (yours)" if chosen else ""
    return f"- {'✓' if option.correct else '✗'} **{option.text}**{own} — {option.why}"


def _typed(question: Question, typed: str) -> str:
    own = f" You wrote: {typed}" if typed else ""
    if isinstance(question, Numeric):
        return f"**{question.answer:,.10g} {question.unit}**".rstrip() + f" {question.why}{own}"
    return f"**{question.answer}** {question.why}{own}" if isinstance(question, ShortText) else ""


def _own_order(response: object, count: int) -> list[str]:
    if not isinstance(response, Ordered):
        return [""] * count
    own = {item: place for place, item in enumerate(response.items)}
    return ["" if own[item] == item else f" (yours: {own[item] + 1}.)" for item in range(count)]


def _pair(left: str, right: str, why: str, given: tuple[str, ...]) -> str:
    wrong = bool(given) and given[0] != right
    return f"- {'✗' if wrong or not given else '✓'} **{left}** — {right}. {why}" + (
        f" (yours: {given[0]})" if wrong else ""
    )


def _faults(question: SpotTheFault, lines: frozenset[int]) -> list[str]:
    rows = []
    for fault in question.faults:
        found = "✓" if lines & set(fault.lines) else "✗"
        rows.append(f"- {found} **{_lines(fault.lines)}** — {fault.why}")
    extra = sorted(lines - {line for fault in question.faults for line in fault.lines})
    if extra:
        rows.append(f"- ✗ **{_lines(extra)}** {'is' if len(extra) == 1 else 'are'} sound")
    if question.fixed:
        rows += ["", f"```{question.language}", question.fixed.rstrip(), "```"]
    return rows


def _lines(numbers: Sequence[int]) -> str:
    return f"line{'' if len(numbers) == 1 else 's'} {', '.join(map(str, numbers))}"
