"""Settings: what a day may hold, how well to remember, the theme."""

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Input, Select, Static

from studyapp.study import settings
from studyapp.study.study import Study
from studyapp.tui.screens.page import Page

HELP = """\
Each value is kept when you leave its line with `enter` or `tab`. Desired retention is the recall aimed at when a
card falls due: 0.90 is a good middle; 0.95 asks for about twice the reviews.
"""


class SettingsScreen(Page):
    """What a person can choose."""

    CSS_PATH = "../styles/pages.tcss"
    HELP_TEXT = HELP
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, study: Study) -> None:
        super().__init__()
        self.study = study
        self.heading = "Settings"

    def body(self) -> Iterable[Widget]:
        with VerticalScroll(id="settings", can_focus=False):
            for setting in settings.SETTINGS:
                yield Static(f"{setting.label}  [dim]{setting.meaning}[/dim]", classes="setting")
                yield Input(settings.get(self.study.progress, setting.key), id=setting.key, max_length=6, compact=True)
            yield Static("Theme  [dim]colours of the screens[/dim]", classes="setting")
            names = [(name, name) for name in sorted(self.app.available_themes)]
            yield Select(names, value=self.app.theme, id="theme", allow_blank=False, compact=True)
            places = self.study.places
            yield Static(
                f"Progress: {places.database}\nContent: {places.content}", classes="setting muted", markup=False
            )

    @on(Input.Submitted)
    @on(Input.Blurred)
    def keep(self, event: Input.Submitted | Input.Blurred) -> None:
        """Keep a value, or say why it cannot be and put the old one back."""
        key = str(event.input.id)
        if event.value.strip() == settings.get(self.study.progress, key):
            return
        try:
            settings.choose(self.study.progress, key, event.value)
        except settings.SettingError as error:
            self.notify(str(error), severity="warning")
            event.input.value = settings.get(self.study.progress, key)
        else:
            self.notify(f"{settings.BY_KEY[key].label}: {event.value.strip()}")

    @on(Select.Changed, "#theme")
    def choose_theme(self, event: Select.Changed) -> None:
        """Show a theme at once; the app keeps it."""
        self.app.theme = str(event.value)
