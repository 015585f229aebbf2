"""Choosing a quiz: from which topics, how long, with or without feedback."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Input, RadioButton, RadioSet, SelectionList, Static
from textual.widgets.selection_list import Selection

from studyapp.domain.quiz import SECONDS_A_QUESTION, QuizMode
from studyapp.study import quizzing, settings
from studyapp.study.study import Study
from studyapp.tui.screens.page import Page

HELP = """\
**Mixed** asks from all chosen topics, those first that you have not answered or answered longest ago. **Missed**
asks what you had wrong the last time. **Exam** runs against the clock and explains nothing until the end.

`tab` goes from part to part, `space` ticks, `ctrl+s` (or `g` outside the length) begins. No topic ticked means all
of them.
"""
MODES = (
    (QuizMode.MIXED, "Mixed"),
    (QuizMode.MISSED, "Missed before"),
    (QuizMode.EXAM, f"Exam, {SECONDS_A_QUESTION} s a question"),
)


class QuizSetupScreen(Page):
    """What the next quiz is to be."""

    CSS_PATH = "../styles/quiz.tcss"
    HELP_TEXT = HELP
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s,g", "begin", "Begin", tooltip="Begin the quiz", id="setup.begin", key_display="g"),
    ]

    def __init__(self, study: Study, topic: str = "") -> None:
        super().__init__()
        self.study = study
        self.topic = topic
        self.heading = "Quiz"

    def body(self) -> Iterable[Widget]:
        with Horizontal(id="setup"):
            with Vertical(id="setup-left"):
                yield Static("Mode", classes="muted")
                with RadioSet(id="modes"):
                    for place, (_, label) in enumerate(MODES):
                        yield RadioButton(label, value=place == 0)
                yield Static("Questions", classes="muted")
                yield Input(settings.get(self.study.progress, "quiz-length"), type="integer", id="count", max_length=3)
            with Vertical(id="setup-right"):
                yield Static("Topics (none ticked: all)", classes="muted")
                yield SelectionList[str](*self._topics(), id="quiz-topics")

    def on_mount(self) -> None:
        self.query_one("#modes").focus()

    def action_begin(self) -> None:
        """Begin the quiz that is chosen."""
        mode = MODES[max(0, self.query_one(RadioSet).pressed_index)][0]
        topics = list(self.query_one("#quiz-topics", SelectionList).selected)
        typed = self.query_one("#count", Input).value
        if not typed.isdecimal() or not 1 <= int(typed) <= 100:
            self.notify("A quiz has 1 to 100 questions.", severity="warning")
            self.query_one("#count").focus()
            return
        self.rooms.open_quiz(quizzing.start(self.study, mode, topics, int(typed)), in_place=True)

    def _topics(self) -> Iterable[Selection[str]]:
        for topic in self.study.library.topics.values():
            yield Selection(topic.title, topic.slug, topic.slug == self.topic)
