"""Rules without which an item cannot be asked or marked; an item that breaks one is left out of the app."""

import math
import re
from collections.abc import Iterator

from studyapp.domain.cards import BLANK
from studyapp.library import shapes as s
from studyapp.library.build import fault_lines

PERCENTAGE = re.compile(r"\d+(\.\d+)?\s*%")


def faults(shape: s.Shape) -> Iterator[str]:
    """Why an item cannot be used, in sentences."""
    match shape:
        case s.ClozeShape(text=text):
            if text.count("{{c") != len(BLANK.findall(text)):
                yield "a blank is not closed; write {{c1::answer}} or {{c1::answer::hint}}"
        case s.SingleShape(options=options):
            yield from _options(options)
            if (right := sum(option.correct for option in options)) != 1:
                yield f"exactly one option must be `correct: true`; {right} are"
        case s.MultipleShape(options=options):
            yield from _options(options)
            if not 0 < sum(option.correct for option in options) < len(options):
                yield "one or more options must be `correct: true`, but not all"
        case s.NumericShape(answer=answer, tolerance=tolerance):
            if not math.isfinite(answer):
                yield f"`answer` must be a finite number, not {answer}"
            if isinstance(tolerance, str) and not PERCENTAGE.fullmatch(tolerance):
                yield f"`tolerance` is a number or a percentage such as 1%, not {tolerance!r}"
        case s.OrderingShape(items=items):
            yield from _distinct("items", [item.text for item in items])
        case s.MatchingShape(pairs=pairs, extra=extra):
            yield from _distinct("left sides", [pair.left for pair in pairs])
            if taken := {pair.right for pair in pairs} & set(extra):
                yield f"`extra` must match nothing, but {sorted(taken)[0]!r} is a right side"
        case s.FaultyShape():
            yield from _fault_lines(shape)


def _options(options: list[s.OptionShape]) -> Iterator[str]:
    yield from _distinct("options", [option.text for option in options])


def _distinct(what: str, texts: list[str]) -> Iterator[str]:
    for text in sorted({text for text in texts if texts.count(text) > 1}):
        yield f"two {what} read the same: {text!r}"


def _fault_lines(shape: s.FaultyShape) -> Iterator[str]:
    count = len(shape.code.rstrip("\n").split("\n"))
    seen: set[int] = set()
    for fault in shape.faults:
        lines = fault_lines(fault)
        if not lines:
            yield "a fault names no `line`"
        for line in lines:
            if line > count:
                yield f"a fault is on line {line}, but the code has {count} lines"
            if line in seen:
                yield f"two faults are on line {line}; make them one"
            seen.add(line)
