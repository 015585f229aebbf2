"""Choosing a mock interview: draw one, pick one, or read how the last answer went."""

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from studyapp.domain.interviews import Interview
from studyapp.study import interviewing
from studyapp.study.interviewing import Choice
from studyapp.study.study import Study
from studyapp.tui.messages import LibraryLoaded
from studyapp.tui.screens.page import Page
from studyapp.tui.widgets.prose import Prose, inline

HELP = """\
Whole interview questions, 30 to 60 minutes each. `d` draws one that you never answered, or the one answered longest
ago; `enter` takes the highlighted one. An answer that you began waits as a draft. `l` shows how the last answer
went.
"""


class InterviewsScreen(Page):
    """The questions of one topic, or of all."""

    CSS_PATH = "../styles/interview.tcss"
    HELP_TEXT = HELP
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "draw", "Draw one", tooltip="One never answered, or longest ago", id="interviews.draw"),
        Binding("l", "last", "Last answer", tooltip="How the last answer went", id="interviews.last"),
    ]

    def __init__(self, study: Study, topic: str = "") -> None:
        super().__init__()
        self.study = study
        self.topic = topic
        self.heading = f"Mock interview · {topic}" if topic else "Mock interview"
        self._choices: list[Choice] = []

    def body(self) -> Iterable[Widget]:
        yield OptionList(id="interviews")
        with VerticalScroll(id="asked", can_focus=False):
            yield Prose(id="asked-text")

    def on_mount(self) -> None:
        self.query_one("#interviews").focus()

    def on_screen_resume(self) -> None:
        self.show_choices()

    @on(LibraryLoaded)
    def show_choices(self) -> None:
        """What there is to choose from now."""
        self._choices = interviewing.choices(self.study, self.topic)
        self.aside = f"{len(self._choices)} question{'' if len(self._choices) == 1 else 's'}"
        listed = self.query_one("#interviews", OptionList)
        at = listed.highlighted or 0
        listed.clear_options()
        listed.add_options([Option(_row(choice)) for choice in self._choices])
        if self._choices:
            listed.highlighted = min(at, len(self._choices) - 1)
        else:
            self.query_one("#asked-text", Prose).text = "There are no interview questions here."

    @on(OptionList.OptionHighlighted)
    def show_prompt(self, event: OptionList.OptionHighlighted) -> None:
        """The highlighted question in full."""
        chosen = self._choices[event.option_index]
        self.query_one("#asked-text", Prose).text = f"{chosen.interview.prompt}\n\n{_history(chosen)}"
        self.query_one("#asked").scroll_home(animate=False)

    @on(OptionList.OptionSelected)
    def take(self, event: OptionList.OptionSelected) -> None:
        """Answer the highlighted question."""
        self._open(self._choices[event.option_index].interview)

    def action_draw(self) -> None:
        """Answer the question whose turn it is."""
        drawn = interviewing.draw(self.study, self.topic)
        if drawn is not None:
            self._open(drawn)

    def action_last(self) -> None:
        """Read the newest marked answer again."""
        from studyapp.tui.screens.debrief import DebriefScreen

        at = self.query_one("#interviews", OptionList).highlighted
        last = interviewing.last_debrief(self.study, self._choices[at].interview) if at is not None else None
        if last is None:
            self.notify("This question was not answered yet.")
        else:
            self.app.push_screen(DebriefScreen(self.study, last))

    def _open(self, interview: Interview) -> None:
        from studyapp.tui.screens.interview import InterviewScreen

        self.app.push_screen(InterviewScreen(self.study, interview))


def _row(choice: Choice) -> Content:
    done = f"{choice.attempts[-1].share:4.0%}" if choice.attempts else "   ·"
    state = "draft" if choice.draft.begun else f"{choice.interview.minutes} min"
    return Content.assemble((f"{done}  {state:>6}  ", "$text-muted"), inline(choice.interview.prompt))


def _history(choice: Choice) -> str:
    of = f"`{choice.interview.topic}`, {choice.interview.minutes} minutes"
    if not choice.attempts:
        return f"{of}, not answered yet"
    shares = " → ".join(f"{attempt.share:.0%}" for attempt in choice.attempts[-6:])
    return f"{of}, answered {len(choice.attempts)}×: {shares}"
