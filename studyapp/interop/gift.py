"""Quizzes in Moodle's GIFT format: docs.moodle.org/en/GIFT_format, escapes as its importer reads them.

GIFT has no ordering, no fault finding and no rubric: those become essays whose feedback holds the answer.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from studyapp.domain.questions import (
    Matching,
    MultipleChoice,
    Numeric,
    Open,
    Ordering,
    Question,
    ShortText,
    SingleChoice,
    SpotTheFault,
)
from studyapp.domain.topics import Library

_RESERVED = str.maketrans({sign: f"\\{sign}" for sign in "\\#=~{}:"} | {"\n": "\\n", "\r": ""})


@dataclass(frozen=True, slots=True)
class Written:
    """The text of a GIFT file, how many questions are in it, and the ids of those that became essays."""

    text: str
    questions: int
    essays: tuple[str, ...]


def write(library: Library) -> Written:
    """All questions, a category a topic."""
    blocks: list[str] = []
    essays: list[str] = []
    for topic in library.topics.values():
        if topic.questions:
            blocks.append(f"$CATEGORY: studyapp/{topic.slug}")
        for question in topic.questions:
            answers = list(_answers(question))
            if not answers:
                essays.append(question.id)
            blocks.append(_block(question, answers or [_feedback(_model_answer(question))]))
    count = sum(len(topic.questions) for topic in library.topics.values())
    return Written("\n\n".join(blocks) + "\n", count, tuple(essays))


def _block(question: Question, answers: list[str]) -> str:
    opening = "{#" if isinstance(question, Numeric) else "{"
    lines = "\n".join(f"\t{answer}" for answer in answers)
    return f"::{_escaped(question.id)}::[markdown]{_escaped(_stem(question))}{opening}\n{lines}\n}}"


def _answers(question: Question) -> Iterator[str]:
    """The lines between the braces; none where GIFT has no such kind."""
    match question:
        case SingleChoice(options=options):
            for option in options:
                yield f"{'=' if option.correct else '~'}{_escaped(option.text)}#{_escaped(option.why)}"
        case MultipleChoice(options=options):
            right = sum(option.correct for option in options)
            for option in options:
                share = 100 / right if option.correct else -100 / (len(options) - right)
                yield f"~%{share:.7g}%{_escaped(option.text)}#{_escaped(option.why)}"
        case Numeric(answer=answer, tolerance=tolerance, why=why):
            yield f"=%100%{answer:.12g}:{tolerance:.12g}#{_escaped(why)}"
        case Matching(pairs=pairs, extra=extra):
            yield from (f"={_paired(pair.left)} -> {_paired(pair.right)}" for pair in pairs)
            yield from (f"= -> {_paired(right)}" for right in extra)
            yield _feedback("\n".join(f"- {pair.left}: {pair.why}" for pair in pairs))
        case ShortText(answer=answer, accept=accept, why=why) if not any("->" in form for form in (answer, *accept)):
            yield from (
                f"=%100%{_escaped(form.replace('*', chr(92) + '*'))}#{_escaped(why)}" for form in (answer, *accept)
            )


def _stem(question: Question) -> str:
    """What is asked, with all that has to be seen to answer it."""
    match question:
        case Numeric(unit=unit) if unit:
            return f"{question.stem.strip()} (in {unit})"
        case Ordering(items=items):
            listed = "\n".join(f"- {text}" for text in sorted(item.text for item in items))
            return f"{question.stem.strip()}\n\n{listed}"
        case SpotTheFault(code=code, language=language):
            return f"{question.stem.strip()}\n\n```{language}\n{code.rstrip()}\n```"
        case _:
            return question.stem.strip()


def _model_answer(question: Question) -> str:
    """What an essay's writer compares with."""
    match question:
        case Ordering(items=items):
            return "\n".join(f"{number}. {item.text} ({item.why})" for number, item in enumerate(items, 1))
        case SpotTheFault(faults=faults, fixed=fixed):
            found = [f"- line {' or '.join(map(str, fault.lines))}: {fault.why}" for fault in faults]
            return "\n".join([*found, *([f"\n```\n{fixed.rstrip()}\n```"] if fixed else [])])
        case Open(rubric=rubric, model_answer=answer):
            return "\n".join([*(f"- {point.point}" for point in rubric), "", answer]).strip()
        case ShortText(answer=answer, accept=accept, why=why):
            return f"{' or '.join([answer, *accept])}. {why}"
        case _:
            return ""


def _feedback(text: str) -> str:
    return f"####{_escaped(text)}"


def _paired(text: str) -> str:
    """A side of a pair, in which an arrow would end the left one."""
    return _escaped(text.replace("->", "→"))


def _escaped(text: str) -> str:
    return text.strip().translate(_RESERVED)
