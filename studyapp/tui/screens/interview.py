"""A mock interview: the prompt, the clock over the outline's phases, and the answer, kept as it is typed."""

import time
from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.reactive import reactive
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static, TextArea

from studyapp.domain.durations import clocked
from studyapp.domain.interviews import Interview
from studyapp.domain.mock_interview import Draft, place
from studyapp.study import interviewing
from studyapp.study.debriefing import asked_back
from studyapp.study.study import Study
from studyapp.tui.screens.page import Page
from studyapp.tui.widgets.phase_bar import PhaseBar
from studyapp.tui.widgets.prose import Prose

KEEP_SECONDS = 0.2
HELP = """\
An interview of your own: read the prompt and say or type your answer, phase by phase. The bar shows which phase the
clock is in; it stops nothing when the time is over.

Begin with the questions you would ask back. `ctrl+r` then shows those worth asking, and the prompt again. Tick
*spoken* (`ctrl+t`) when you answer aloud, and note a few words on each point you made.

Everything you type is kept at once: `escape` leaves, and the same question goes on where you left it. `ctrl+s` ends
the answer and marks it.
"""


class InterviewScreen(Page):
    """One interview question being answered."""

    CSS_PATH = "../styles/interview.tcss"
    HELP_TEXT = HELP
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "mark", "Mark it", tooltip="End the answer and mark it", id="interview.mark"),
        Binding("ctrl+r", "ask_back", "Ask back", tooltip="Clarifying questions worth asking", id="interview.ask"),
        Binding("ctrl+t", "spoken", "Spoken", tooltip="You answer aloud and note", id="interview.spoken"),
    ]
    asking = reactive(False)
    spoken = reactive(False)

    def __init__(self, study: Study, interview: Interview, seconds: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self.study = study
        self.interview = interview
        self.heading = f"Interview · {interview.topic}"
        self._begun_with = interviewing.draft(study, interview.id)
        self._seconds = seconds
        self._since = seconds()
        self._keeping: Timer | None = None

    def body(self) -> Iterable[Widget]:
        with VerticalScroll(id="prompt"):
            yield Prose(self.interview.prompt, id="prompt-text")
        yield PhaseBar(self.interview.outline)
        yield TextArea(self._begun_with.text, id="answer", soft_wrap=True, tab_behavior="focus")
        yield Static(id="spoken")

    def on_mount(self) -> None:
        answer = self.query_one("#answer", TextArea)
        answer.move_cursor(answer.document.end)
        answer.focus()
        self.spoken = self._begun_with.spoken
        self.set_interval(1.0, self.show_time)
        self.show_time()

    @property
    def draft(self) -> Draft:
        """The answer as it stands."""
        elapsed = self._begun_with.elapsed + round((self._seconds() - self._since) * 1000)
        return Draft(self.query_one("#answer", TextArea).text, self.spoken, elapsed)

    def show_time(self) -> None:
        """Move the clock."""
        elapsed = self.draft.elapsed
        now = place(self.interview.outline, elapsed)
        left = f"{clocked(now.left)} left" if now.left >= 0 else f"over by {clocked(-now.left)}"
        self.aside = f"{self.interview.outline[now.phase].phase} {left} · {clocked(elapsed)}"
        self.query_one(PhaseBar).elapsed = elapsed

    def watch_asking(self, asking: bool) -> None:
        for text in self.query("#prompt-text").results(Prose):
            text.text = f"**Worth asking back**\n\n{asked_back(self.interview)}" if asking else self.interview.prompt

    def watch_spoken(self, spoken: bool) -> None:
        for line in self.query("#spoken").results(Static):
            line.update("[b]☑[/b] spoken; these are notes" if spoken else "☐ spoken; these are notes")

    @on(TextArea.Changed)
    def keep_soon(self) -> None:
        """Keep the answer a moment after a key, with the keys that follow within that moment."""
        if self._keeping is None:
            self._keeping = self.set_timer(KEEP_SECONDS, self.keep)

    def keep(self) -> None:
        """Make the answer durable."""
        self._keeping = None
        if self.draft.begun or interviewing.draft(self.study, self.interview.id).begun:
            interviewing.save_draft(self.study, self.interview.id, self.draft)

    def action_ask_back(self) -> None:
        """The clarifying questions in place of the prompt, and back."""
        self.asking = not self.asking and bool(self.interview.clarify)
        self.query_one("#prompt").scroll_home(animate=False)

    def action_spoken(self) -> None:
        """Tick that the answer is spoken, or untick."""
        self.spoken = not self.spoken
        self.keep_soon()

    def action_back(self) -> None:
        """Leave; the answer waits."""
        self.keep()
        self.dismiss()

    def action_mark(self) -> None:
        """End the answer: ask which points it made."""
        from studyapp.tui.screens.rubric import RubricScreen

        answer = self.draft
        if not answer.begun:
            self.notify("Write the answer first, or tick that you speak it.", title="Nothing to mark")
            return
        self.keep()

        def marked(points: frozenset[int] | None) -> None:
            if points is None:
                return
            with self.rooms.saving():
                self._finish(answer, points)

        self.app.push_screen(
            RubricScreen(self.study, self.interview.rubric, self.interview.model_answer, answer.text), marked
        )

    def _finish(self, answer: Draft, points: frozenset[int]) -> None:
        from studyapp.tui.screens.debrief import DebriefScreen

        if self._keeping is not None:
            self._keeping.stop()
        try:
            debrief = interviewing.finish(self.study, self.interview, answer, points)
        except interviewing.AnswerTooLong as error:
            self.notify(str(error), title="Not marked yet", severity="warning")
            return
        self.app.switch_screen(DebriefScreen(self.study, debrief))
