"""Help: what the screen below is, and every key it knows."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from studyapp.tui.widgets.prose import Prose


class HelpScreen(ModalScreen[None]):
    """Shown over the screen that it explains."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter", "dismiss", "Close", tooltip="Close the help", id="help.close"),
    ]

    def __init__(self, explained: Screen[object]) -> None:
        super().__init__()
        self.explained = explained

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help", classes="panel"):
            yield Prose(getattr(self.explained, "HELP_TEXT", ""))
            yield Static(self._keys(), id="keys", markup=False)

    def on_mount(self) -> None:
        self.query_one("#help").border_title = "Help"
        self.query_one("#help").focus()

    def _keys(self) -> str:
        lines = []
        seen: set[str] = set()
        for active in self.explained.active_bindings.values():
            binding = active.binding
            if binding.id is None or binding.id in seen:
                continue
            seen.add(binding.id)
            lines.append(f"{self.app.get_key_display(binding):>8}  {binding.tooltip or binding.description}")
        lines.append(f"{'^p':>8}  The command palette: every room, themes, screenshots")
        return "\n".join(lines)
