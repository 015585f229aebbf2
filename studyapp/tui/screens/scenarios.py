"""Choosing what is to happen to the running service."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from studyapp.runner.scenarios import SCENARIOS, Scenario
from studyapp.tui.widgets.prose import Prose


class ScenariosScreen(ModalScreen[Scenario | None]):
    """Dismissed with the scenario that was chosen, or None."""

    CSS_PATH = "../styles/lab.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Back", tooltip="Break nothing", id="scenarios.back"),
        Binding(
            "question_mark,f1", "app.explain", "Help", tooltip="What is asked here", id="scenarios.help", show=False
        ),
    ]
    HELP_TEXT = """\
Each scenario says what should happen, does it to the real service, and then shows what did, with figures. Say to
yourself what will happen before you press `enter`. Afterwards the service is as it was.
"""

    def compose(self) -> ComposeResult:
        with Vertical(id="choice", classes="panel"):
            yield OptionList(*(Option(each.title) for each in SCENARIOS), id="choices")
            with VerticalScroll(id="about", can_focus=False):
                yield Prose(id="about-text")

    def on_mount(self) -> None:
        choice = self.query_one("#choice")
        choice.border_title = "Break the service"
        choice.border_subtitle = "enter does it, esc does not"
        self.query_one("#choices").focus()

    @on(OptionList.OptionHighlighted)
    def tell(self, event: OptionList.OptionHighlighted) -> None:
        """What the highlighted scenario does, and what should come of it."""
        chosen = SCENARIOS[event.option_index]
        claims = "\n".join(f"- {claim}" for claim in chosen.claims)
        self.query_one("#about-text", Prose).text = f"{chosen.does}\n\n**What should happen**\n\n{claims}"

    @on(OptionList.OptionSelected)
    def choose(self, event: OptionList.OptionSelected) -> None:
        """Enter on a scenario."""
        self.dismiss(SCENARIOS[event.option_index])
