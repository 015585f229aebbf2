"""Questions as plain text: shown, answered by a line, explained."""

from studyapp.domain.grading import NotAnAnswer
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
from studyapp.domain.quiz import Answer
from studyapp.domain.responses import Chosen, Matched, Ordered, Picked, Response, SelfMarked, Typed


def show(question: Question, order: tuple[int, ...]) -> None:
    """Print a question and how to answer it."""
    print(question.stem.strip())
    match question:
        case SingleChoice(options=options) | MultipleChoice(options=options):
            for place, index in enumerate(order, 1):
                print(f"  {place}) {options[index].text}")
            print("one number" if isinstance(question, SingleChoice) else "the numbers of all that are right: 1 3")
        case Ordering(items=items):
            for place, index in enumerate(order, 1):
                print(f"  {place}) {items[index].text}")
            print("the numbers in the right order: 3 1 2")
        case Matching(pairs=pairs):
            for place, index in enumerate(order, 1):
                print(f"  {place}) {question.rights[index]}")
            print("for each, the number that belongs to it, in this order: " + "; ".join(pair.left for pair in pairs))
        case SpotTheFault(code=code):
            for number, line in enumerate(code.rstrip().split("\n"), 1):
                print(f"  {number:3} {line}")
            print("the numbers of the faulty lines: 4 7")
        case Numeric(unit=unit):
            print(f"a number{f' in {unit}' if unit else ''}")
        case ShortText():
            print("a word or a few")
        case Open():
            print("type the answer in one line; it is then marked point by point")


def read_response(question: Question, order: tuple[int, ...], typed: str) -> Response:
    """The response that a typed line means. Raises NotAnAnswer when it means none."""
    match question:
        case SingleChoice():
            return Chosen(frozenset(order[place - 1] for place in _numbers(typed, len(order), count=1)))
        case MultipleChoice():
            return Chosen(frozenset(order[place - 1] for place in _numbers(typed, len(order))))
        case Ordering():
            places = _numbers(typed, len(order))
            if sorted(places) != list(range(1, len(order) + 1)):
                raise NotAnAnswer(f"Give each number from 1 to {len(order)} once.")
            return Ordered(tuple(order[place - 1] for place in places))
        case Matching(pairs=pairs):
            places = _numbers(typed, len(order), count=len(pairs))
            return Matched(tuple(question.rights[order[place - 1]] for place in places))
        case SpotTheFault(code=code):
            return Picked(frozenset(_numbers(typed, len(code.rstrip().split("\n")))))
        case Open():
            return _self_marked(question, typed)
        case _:
            if not typed:
                raise NotAnAnswer("Type an answer, or q to end.")
            return Typed(typed)


def show_feedback(given: Answer) -> None:
    """Print whether an answer was right, and why."""
    question = given.question
    verdict = "right" if given.mark.right else f"{given.mark.share:.0%} right"
    print(f"{verdict}, {given.points:+.1f} points: {question.stem}")
    for line in explained(question):
        print(f"  {line}")
    if question.about.explain:
        print(f"  {question.about.explain.strip()}")
    for source in question.about.sources:
        print(f"  source: {source.title} {source.url}".rstrip())


def explained(question: Question) -> list[str]:
    """The right answer and its reasons, a line each."""
    match question:
        case SingleChoice(options=options) | MultipleChoice(options=options):
            return [f"{'+' if option.correct else '-'} {option.text}: {option.why}" for option in options]
        case Numeric(answer=answer, unit=unit, why=why):
            return [f"{answer:,g} {unit}: {why}"]
        case ShortText(answer=answer, why=why):
            return [f"{answer}: {why}"]
        case Ordering(items=items):
            return [f"{place}. {item.text}: {item.why}" for place, item in enumerate(items, 1)]
        case Matching(pairs=pairs):
            return [f"{pair.left} - {pair.right}: {pair.why}" for pair in pairs]
        case SpotTheFault(faults=faults):
            return [f"line {', '.join(map(str, fault.lines))}: {fault.why}" for fault in faults]
        case Open(model_answer=model):
            return [model.strip()]
        case _:
            return []


def _numbers(typed: str, most: int, count: int = 0) -> list[int]:
    """The numbers in a line, 1 to `most`; exactly `count` of them where that is given."""
    parts = typed.replace(",", " ").split()
    readable = all(part.isdecimal() and len(part) < 4 and 1 <= int(part) <= most for part in parts)
    if not parts or not readable or len(parts) != (count or len(parts)):
        wanted = {0: "numbers", 1: "one number"}.get(count, f"{count} numbers")
        raise NotAnAnswer(f"Give {wanted} from 1 to {most}{', with spaces between' if count != 1 else ''}.")
    return [int(part) for part in parts]


def _self_marked(question: Open, typed: str) -> SelfMarked:
    if not typed:
        raise NotAnAnswer("Type an answer first: the points to compare it with are shown after it.")
    made = set()
    for index, point in enumerate(question.rubric):
        if input(f"  did it say: {point.point}? y/n > ").strip().lower().startswith("y"):
            made.add(index)
    return SelfMarked(typed, frozenset(made))
