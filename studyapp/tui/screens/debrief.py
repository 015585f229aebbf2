"""After a mock interview: score, points, follow-ups, mistakes, the model answer, and earlier answers beside it."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from studyapp.study.debriefing import sections
from studyapp.study.interviewing import Debrief
from studyapp.study.study import Study
from studyapp.tui.screens.page import Page
from studyapp.tui.widgets.prose import Prose

HELP = """\
What the answer came to. **Score** weighs the points you made and sets the answer beside your earlier ones;
**Points** says why each missed one matters. Answer the **follow-ups** aloud, as an interviewer would ask them next.

Up and down go through the sections, `enter` goes into a long one. The cards of missed points have come forward: `r`
reviews them now.
"""


class DebriefScreen(Page):
    """A marked answer, section by section."""

    CSS_PATH = "../styles/interview.tcss"
    HELP_TEXT = HELP
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "app.review", "Review", tooltip="Today's session, missed cards first", id="debrief.review"),
        Binding("a", "again", "Again", tooltip="Answer the same question again", id="debrief.again"),
    ]

    def __init__(self, study: Study, debrief: Debrief) -> None:
        super().__init__()
        self.study = study
        self.debrief = debrief
        self.heading = f"Debrief · {debrief.interview.topic}"
        self.aside = f"{debrief.attempt.share:.0%}"
        self._sections = sections(study, debrief, _when)

    def body(self) -> Iterable[Widget]:
        with Horizontal():
            yield OptionList(*(Option(title) for title, _ in self._sections), id="sections")
            with VerticalScroll(id="section"):
                yield Prose(id="section-text")

    def on_mount(self) -> None:
        sections = self.query_one("#sections", OptionList)
        sections.highlighted = 0
        sections.focus()

    @on(OptionList.OptionHighlighted)
    def show_section(self, event: OptionList.OptionHighlighted) -> None:
        """The text of the highlighted section."""
        title, text = self._sections[event.option_index]
        self.query_one("#section-text", Prose).text = f"## {title}\n\n{text}"
        self.query_one("#section").scroll_home(animate=False)

    @on(OptionList.OptionSelected)
    def read_section(self) -> None:
        """Enter goes into the text, so that long sections scroll."""
        self.query_one("#section").focus()

    def action_again(self) -> None:
        """The same question once more, from an empty page."""
        from studyapp.tui.screens.interview import InterviewScreen

        self.app.switch_screen(InterviewScreen(self.study, self.debrief.interview))


def _when(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
