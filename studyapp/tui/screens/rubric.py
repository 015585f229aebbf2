"""Marking an answer of one's own: the rubric beside what was written."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Footer, SelectionList, Static
from textual.widgets.selection_list import Selection

from studyapp.domain.questions import RubricPoint
from studyapp.tui.widgets.prose import Prose


class RubricScreen(ModalScreen[frozenset[int] | None]):
    """Which points of a rubric an answer made; dismissed with their indices, or None when it is left."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "done", "Done", tooltip="Mark the answer", id="rubric.done", priority=True),
        Binding("escape", "dismiss(None)", "Back", tooltip="Back to the answer", id="rubric.back"),
    ]

    def __init__(self, rubric: tuple[RubricPoint, ...], model_answer: str, text: str) -> None:
        super().__init__()
        self.rubric = rubric
        self.model_answer = model_answer
        self.text = text

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="rubric", classes="panel", can_focus=False):
            yield Static("You wrote", classes="muted")
            yield Static(self.text, id="written", markup=False)
            yield Static("Which of these did it say? space ticks, enter is done", classes="muted")
            yield SelectionList[int](*(Selection(point.point, index) for index, point in enumerate(self.rubric)))
            yield Static("A model answer", classes="muted")
            yield Prose(self.model_answer)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self.query_one(SelectionList).focus()

    def action_done(self) -> None:
        """Hand back the ticked points."""
        self.dismiss(frozenset(self.query_one(SelectionList).selected))
