"""What every screen has: a title line, a footer, and a text that `?` shows."""

from collections.abc import Iterable
from typing import Any, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer, Static

from studyapp.tui.rooms import Rooms


class Page(Screen[None]):
    """A screen between a title line and a footer; escape goes back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", tooltip="Back to where you came from", id="page.back"),
    ]
    HELP_TEXT = ""
    heading = reactive("")
    aside = reactive("")

    @property
    def rooms(self) -> Rooms:
        """The app, as far as a screen asks it for other rooms."""
        return cast(Rooms, self.app)

    def compose(self) -> ComposeResult:
        with Static(id="title-bar"):
            yield Static(self.heading, id="heading", markup=False)
            yield Static(self.aside, id="aside", markup=False)
        yield from self.body()
        yield Footer(show_command_palette=False, compact=True)

    def body(self) -> Iterable[Widget]:
        """What stands between the title line and the footer."""
        raise NotImplementedError

    def watch_heading(self, heading: str) -> None:
        for shown in self.query("#heading").results(Static):  # none before the screen is composed
            shown.update(heading, layout=False)

    def watch_aside(self, aside: str) -> None:
        for shown in self.query("#aside").results(Static):
            shown.update(aside, layout=False)

    def notify(self, message: str, **how: Any) -> None:
        """Say something as it is written: what a person typed may hold brackets."""
        super().notify(message, **{**how, "markup": False})

    async def _dispatch_message(self, message: Message) -> None:
        """Handle a message; an error that left here would end the screen."""
        with self.rooms.saving():
            await super()._dispatch_message(message)

    def action_back(self) -> None:
        """Leave this screen."""
        self.dismiss()
