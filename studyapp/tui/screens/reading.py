"""Something to read over the screen below: a solution, a diff."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from studyapp.tui.widgets.prose import Prose


class ReadingScreen(ModalScreen[None]):
    """A titled text that scrolls; Markdown, each part a piece of its own."""

    CSS_PATH = "../styles/lab.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "dismiss", "Close", tooltip="Back to the lab", id="reading.close"),
        Binding("question_mark,f1", "app.explain", "Help", tooltip="What is asked here", id="reading.help", show=False),
    ]
    HELP_TEXT = "Scroll with the arrows, `pgup` and `pgdn`; `esc` closes it."

    def __init__(self, title: str, parts: list[str]) -> None:
        super().__init__()
        self.heading = title
        self.parts = parts

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="reading", classes="panel"):
            for part in self.parts:
                yield Prose(part, classes="part")

    def on_mount(self) -> None:
        reading = self.query_one("#reading")
        reading.border_title = self.heading
        reading.border_subtitle = "esc closes"
        reading.focus()
