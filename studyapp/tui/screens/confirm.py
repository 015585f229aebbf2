"""A question with yes and no, before something that is not taken back by a key."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static


class ConfirmScreen(ModalScreen[bool]):
    """Dismissed with whether the person said yes."""

    CSS_PATH = "../styles/lab.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "dismiss(True)", "Yes", tooltip="Do it", id="confirm.yes"),
        Binding("n,escape", "dismiss(False)", "No", tooltip="Leave it", id="confirm.no"),
        Binding("question_mark,f1", "app.explain", "Help", tooltip="What is asked here", id="confirm.help", show=False),
    ]
    HELP_TEXT = "Asked before something that no key takes back. `y` does it, `n` or `esc` does not."

    def __init__(self, question: str) -> None:
        super().__init__()
        self.question = question

    def compose(self) -> ComposeResult:
        with Vertical(id="confirm", classes="panel"):
            yield Static(self.question, markup=False)
            yield Static("[b]y[/b] yes    [b]n[/b] no", classes="muted", id="confirm-keys")
