"""One widget a kind of question: it shows the parts, takes the keys, and knows the response they make."""

from dataclasses import dataclass
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Resize
from textual.geometry import Offset, Region
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, OptionList, TextArea
from textual.widgets.option_list import Option

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
from studyapp.domain.responses import Chosen, Matched, Ordered, Picked, Response, Typed
from studyapp.tui.widgets.prose import Block, inline

LETTERS = "abcdefghijkl"


@dataclass
class AnswerChanged(Message):
    """The person changed the answer.

    Attributes:
        complete: Whether there is enough of an answer to be marked.
    """

    complete: bool


@dataclass
class AnswerFinished(Message):
    """The person has typed the answer and goes on to say how sure it is."""


class AnswerList(OptionList):
    """Rows to choose from, drawn again after each key."""

    hint = ""
    touched = True
    """Whether the person made the response that the rows make."""
    _width = 72

    def on_mount(self) -> None:
        self.redraw()
        self.highlighted = 0

    def on_resize(self, event: Resize) -> None:
        """Break the rows anew where they are wider or narrower than before."""
        if event.size.width != self._width:
            self._width = event.size.width
            self.redraw()

    def row(self, index: int) -> Block:
        """How one row looks now."""
        raise NotImplementedError

    def rows(self) -> int:
        """How many rows there are."""
        raise NotImplementedError

    def response(self) -> Response | None:
        """The response that the rows make; None while there is none."""
        raise NotImplementedError

    def scroll_to_region(self, region: Region, **_: Any) -> Offset:
        """Rows do not scroll by themselves, the question around them does; to its stem for the first row."""
        question = self.query_ancestor("#question", Widget)
        above = self.virtual_region.y + self.query_ancestor("#answer-place", Widget).virtual_region.y + region.y
        wanted = Region(0, above, 1, region.height) if region.y else Region(0, 0, 1, above + region.height)
        return question.scroll_to_region(wanted, animate=False)

    def redraw(self) -> None:
        """Show the rows as they are now and say whether they make an answer."""
        at = self.highlighted
        self.clear_options()
        rows = (self.row(index).lines(self._width) for index in range(self.rows()))
        self.add_options([Option(Content("\n").join(lines)) for lines in rows])
        self.highlighted = at
        self.post_message(AnswerChanged(self.response() is not None))


class ChoiceList(AnswerList):
    """Single and multiple choice: a letter or space picks."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,enter", "pick_highlighted", "Pick", tooltip="Pick the row, or take it back", id="answer.pick"),
        *[Binding(letter, f"pick({place})", show=False) for place, letter in enumerate(LETTERS[:8])],
    ]

    def __init__(self, question: SingleChoice | MultipleChoice, order: tuple[int, ...]) -> None:
        super().__init__(id="answer")
        self.question = question
        self.order = order
        self.chosen: set[int] = set()
        self.single = isinstance(question, SingleChoice)
        self.hint = "a letter picks" if self.single else "letters pick; more than one may be right"

    def rows(self) -> int:
        return len(self.order)

    def row(self, index: int) -> Block:
        picked = self.order[index] in self.chosen
        sign = ("◉" if picked else "○") if self.single else ("☑" if picked else "☐")
        text = inline(self.question.options[self.order[index]].text)
        return Block(text.stylize("bold") if picked else text, f"{sign} {LETTERS[index]}  ", " " * 5)

    def action_pick_highlighted(self) -> None:
        self.action_pick(self.highlighted or 0)

    def action_pick(self, place: int) -> None:
        """Pick a row, or take it back."""
        if place >= len(self.order):
            return
        index = self.order[place]
        if self.single:
            self.chosen = {index}
        else:
            self.chosen ^= {index}
        self.highlighted = place
        self.redraw()

    def response(self) -> Response | None:
        return Chosen(frozenset(self.chosen)) if self.chosen else None


class OrderList(AnswerList):
    """Ordering: J and K, or shift and an arrow, move the row."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("shift+up,K", "move(-1)", "Move up", tooltip="Move the row up", id="answer.up", key_display="K"),
        Binding("shift+down,J", "move(1)", "Move down", tooltip="Move the row down", id="answer.down", key_display="J"),
    ]
    touched = False
    hint = "J and K (or shift and an arrow) move a row; the first comes on top"

    def __init__(self, question: Ordering, order: tuple[int, ...]) -> None:
        super().__init__(id="answer")
        self.question = question
        self.order = list(order)

    def rows(self) -> int:
        return len(self.order)

    def row(self, index: int) -> Block:
        return Block(inline(self.question.items[self.order[index]].text), f"{index + 1}. ", " " * 3)

    def action_move(self, by: int) -> None:
        """Exchange the row with its neighbour."""
        here = self.highlighted or 0
        there = here + by
        if 0 <= there < len(self.order):
            self.order[here], self.order[there] = self.order[there], self.order[here]
            self.touched = True
            self.highlighted = there
            self.redraw()

    def response(self) -> Response | None:
        return Ordered(tuple(self.order))


class MatchList(AnswerList):
    """Matching: on a left side, a letter gives it a right side."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *[Binding(letter, f"give({place})", show=False) for place, letter in enumerate(LETTERS)],
        Binding("backspace", "give(-1)", "Clear", tooltip="Take the match away", id="answer.clear"),
    ]
    hint = "on each row, the letter of what belongs to it"

    def __init__(self, question: Matching, order: tuple[int, ...]) -> None:
        super().__init__(id="answer")
        self.question = question
        self.shown = [question.rights[index] for index in order]
        self.given: list[int | None] = [None] * len(question.pairs)

    def rows(self) -> int:
        return len(self.given)

    def row(self, index: int) -> Block:
        place = self.given[index]
        letter = "?" if place is None else LETTERS[place]
        return Block(inline(self.question.pairs[index].left), f"[{letter}] ", " " * 4)

    def legend(self) -> str:
        """The right sides with their letters, as Markdown."""
        return "\n".join(f"- **{LETTERS[place]}**  {right}" for place, right in enumerate(self.shown))

    def action_give(self, place: int) -> None:
        """Give the row a right side and go to the next row."""
        here = self.highlighted or 0
        if place >= len(self.shown):
            return
        self.given[here] = None if place < 0 else place
        self.highlighted = min(here + (place >= 0), len(self.given) - 1)
        self.redraw()

    def response(self) -> Response | None:
        if any(place is None for place in self.given):
            return None
        return Matched(tuple(self.shown[place] for place in self.given if place is not None))


class FaultList(AnswerList):
    """Spot the fault: space marks a line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "space,enter", "mark", "Mark line", tooltip="Mark the line as faulty, or take it back", id="answer.mark"
        ),
    ]

    def __init__(self, question: SpotTheFault) -> None:
        super().__init__(id="answer")
        self.lines = question.code.rstrip("\n").split("\n")
        self.marked: set[int] = set()
        count = len(question.faults)
        self.hint = f"space marks a line; {count} fault{'' if count == 1 else 's'} to find"

    def rows(self) -> int:
        return len(self.lines)

    def row(self, index: int) -> Block:
        marked = index + 1 in self.marked
        line = Content.styled(self.lines[index], "bold") if marked else Content(self.lines[index])
        return Block(line, f"{'▶' if marked else ' '} {index + 1:>3} ", " " * 6, wrap=False)

    def action_mark(self) -> None:
        """Mark the highlighted line, or take the mark away."""
        self.marked ^= {(self.highlighted or 0) + 1}
        self.redraw()

    def response(self) -> Response | None:
        return Picked(frozenset(self.marked)) if self.marked else None


class TypedAnswer(Input):
    """Numeric and short answers: a line to type in."""

    touched = True

    def __init__(self, question: Numeric | ShortText) -> None:
        unit = question.unit if isinstance(question, Numeric) else ""
        super().__init__(placeholder=f"a number, in {unit}" if unit else "type here", id="answer")
        self.hint = "enter, then say how sure you are"

    def on_input_changed(self) -> None:
        self.post_message(AnswerChanged(bool(self.value.strip())))

    def on_input_submitted(self) -> None:
        if self.value.strip():
            self.post_message(AnswerFinished())

    def response(self) -> Response | None:
        return Typed(self.value.strip()) if self.value.strip() else None


class OpenAnswer(TextArea):
    """An answer in the person's own words; tab ends it."""

    touched = True

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab,ctrl+s", "finish", "Done", tooltip="Done writing; then say how sure you are", id="answer.done"),
    ]
    hint = "write the answer; tab, then say how sure you are"

    def __init__(self) -> None:
        super().__init__(id="answer", soft_wrap=True, tab_behavior="focus", show_line_numbers=False)

    def action_finish(self) -> None:
        """Leave the text, once there is some."""
        if self.text.strip():
            self.post_message(AnswerFinished())

    def on_text_area_changed(self) -> None:
        self.post_message(AnswerChanged(bool(self.text.strip())))

    def response(self) -> Response | None:
        return Typed(self.text.strip()) if self.text.strip() else None


AnswerWidget = AnswerList | TypedAnswer | OpenAnswer


def answer_widget(question: Question, order: tuple[int, ...]) -> AnswerWidget:
    """The widget in which a question is answered; `order` is how its parts are shuffled."""
    match question:
        case SingleChoice() | MultipleChoice():
            return ChoiceList(question, order)
        case Ordering():
            return OrderList(question, order)
        case Matching():
            return MatchList(question, order)
        case SpotTheFault():
            return FaultList(question)
        case Numeric() | ShortText():
            return TypedAnswer(question)
        case Open():
            return OpenAnswer()
    raise TypeError(f"no widget answers a {type(question).__name__}")
