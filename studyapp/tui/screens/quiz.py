"""A quiz: question, answer, how sure, why; at the end the result."""

import time
from collections.abc import Iterable
from contextlib import suppress
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from studyapp.domain.durations import clocked
from studyapp.domain.grading import Confidence, NotAnAnswer
from studyapp.domain.questions import Open
from studyapp.domain.quiz import Answer, Quiz
from studyapp.domain.responses import Response, SelfMarked, Typed
from studyapp.study import quizzing
from studyapp.study.study import Study
from studyapp.tui.screens.page import Page
from studyapp.tui.widgets.answers import (
    AnswerChanged,
    AnswerFinished,
    AnswerList,
    AnswerWidget,
    MatchList,
    answer_widget,
)
from studyapp.tui.widgets.feedback import explanation, verdict
from studyapp.tui.widgets.prose import Prose
from studyapp.tui.widgets.sources import cite

SURE = "how sure?  [b]1[/b] guess [dim]+1/0[/dim]  [b]2[/b] likely [dim]+2/−2[/dim]  [b]3[/b] certain [dim]+3/−6[/dim]"
HELP = """\
Answer, then say how sure you are: that sends the answer off. A guess earns 1 point or loses nothing; likely earns 2
or loses 2; certain earns 3 or loses 6. So it pays to be honest: certain only above four in five, a guess below two
in three.

Letters pick options; in a row of code `space` marks a line; `J` and `K` move a row. Numbers may be written 8.64e9,
8.64B or 8,640,000,000. After a line you typed, `enter`, then 1, 2 or 3.

Each answer is saved at once. A missed question brings its cards forward. In an exam the clock runs and nothing is
explained until the end.
"""


class QuizScreen(Page):
    """One quiz, question after question."""

    CSS_PATH = "../styles/quiz.tcss"
    HELP_TEXT = HELP
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "send(1)", "Guess", tooltip="Send the answer as a guess", id="quiz.guess"),
        Binding("2", "send(2)", "Likely", tooltip="Send the answer as likely", id="quiz.likely"),
        Binding("3", "send(3)", "Certain", tooltip="Send the answer as certain", id="quiz.certain"),
        Binding("space,enter,n", "next", "Next", tooltip="The next question", id="quiz.next", priority=False),
        Binding("escape", "back", "End", tooltip="End the quiz; what is answered counts", id="quiz.end"),
    ]
    explaining = reactive(False, bindings=True)

    def __init__(self, study: Study, quiz: Quiz) -> None:
        super().__init__()
        self.study = study
        self.quiz = quiz
        self._shown_at = time.monotonic()
        self._begun = time.monotonic()

    def body(self) -> Iterable[Widget]:
        with VerticalScroll(id="question"):
            yield Prose(id="stem")
            yield Vertical(id="answer-place")
            yield Prose(id="legend")
            yield Static(id="verdict", markup=False)
            yield Prose(id="explanation")
            yield Static(id="sources", classes="muted", markup=False)
        yield Static(id="hint", classes="muted")
        yield Static(SURE, id="sure")

    async def on_mount(self) -> None:
        if self.quiz.seconds:
            self.set_interval(1.0, self._tick)
        await self.show_current()

    @property
    def answer(self) -> AnswerWidget:
        """The widget in which the current question is answered."""
        return self.query_one("#answer-place").query_one("#answer")  # type: ignore[return-value]

    async def show_current(self) -> None:
        """The question to answer now, or the result when all are answered."""
        question = self.quiz.current
        if question is None:
            self.finish()
            return
        self.explaining = False
        self.heading = f"{'Exam' if self.quiz.seconds else 'Quiz'} · {question.topic}"
        self._show_place()
        self.query_one("#stem", Prose).text = question.stem
        place = self.query_one("#answer-place")
        await place.remove_children()
        widget = answer_widget(question, self.quiz.order(question))
        await place.mount(widget)
        self.query_one("#legend", Prose).text = widget.legend() if isinstance(widget, MatchList) else ""
        self.query_one("#legend").display = isinstance(widget, MatchList)
        self._ask_for(widget.hint)
        self.query_one("#question").scroll_home(animate=False)
        widget.focus(scroll_visible=not isinstance(widget, AnswerList))
        self._shown_at = time.monotonic()

    def watch_explaining(self, explaining: bool) -> None:
        self.set_class(explaining, "-explaining")

    @on(AnswerChanged)
    def show_readiness(self, event: AnswerChanged) -> None:
        """The line that asks how sure, brighter once there is an answer."""
        if not self.explaining:
            self.query_one("#sure").set_class(event.complete, "-ready")
            self._ask_for(self.answer.hint)

    @on(AnswerFinished)
    def leave_line(self) -> None:
        """Enter in a line: the next key says how sure."""
        self.query_one("#question").focus(scroll_visible=False)
        self._ask_for("press 1, 2 or 3; tab goes back to the answer", sure=True)

    async def action_send(self, level: int) -> None:
        """Mark the answer; explain it at once, or go on where the quiz is an exam."""
        response = None if self.explaining else self.answer.response()
        if response is None:
            return
        question = self.quiz.current
        if isinstance(question, Open) and isinstance(response, Typed):
            self._compare(question, response.text, Confidence(level))
            return
        await self._mark(response, Confidence(level))

    async def action_next(self) -> None:
        """Go on, once the answer is explained."""
        if self.explaining:
            await self.show_current()

    def action_back(self) -> None:
        """End the quiz: what was answered counts."""
        if self.quiz.answers or self.quiz.seconds:
            self.finish()
        else:
            self.dismiss()

    def finish(self) -> None:
        """Show the result in place of this screen."""
        from studyapp.tui.screens.result import ResultScreen

        self.app.switch_screen(ResultScreen(self.study, quizzing.finish(self.study, self.quiz)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Show in the footer only what can be done now."""
        if action == "send":
            return not self.explaining
        return self.explaining if action == "next" else True

    def _compare(self, question: Open, text: str, confidence: Confidence) -> None:
        """Ask which points of the rubric the answer made, then mark it."""
        from studyapp.tui.screens.rubric import RubricScreen

        async def marked(points: frozenset[int] | None) -> None:
            if points is None and not self._is_over():
                return
            with self.rooms.saving():
                await self._mark(SelfMarked(text, points or frozenset()), confidence)

        self.app.push_screen(RubricScreen(self.study, question.rubric, question.model_answer, text), marked)

    def _keep(self, response: Response, confidence: Confidence) -> Answer:
        """Mark the response and save it. Raises NotAnAnswer."""
        spent = round((time.monotonic() - self._shown_at) * 1000)
        return quizzing.answer(self.study, self.quiz, response, confidence, spent)

    async def _mark(self, response: Response, confidence: Confidence) -> None:
        try:
            given = self._keep(response, confidence)
        except NotAnAnswer as error:
            self.notify(str(error), title="Not marked yet", severity="warning")
            self.answer.focus()
            self._ask_for(self.answer.hint)
            return
        self.query_one("#sure").remove_class("-ready")
        if self.quiz.feedback:
            self._explain(given)
        elif self._is_over():
            self.finish()
        else:
            await self.show_current()

    def _ask_for(self, hint: str, sure: bool = False) -> None:
        """Say which keys are wanted now: those of the answer, or those that say how sure."""
        self.query_one("#hint", Static).update(hint)
        self.query_one("#sure").set_class(sure, "-asking")

    def _explain(self, given: Answer) -> None:
        said = self.query_one("#verdict", Static)
        said.update(verdict(given))
        said.set_class(given.mark.right, "-right")
        self.query_one("#explanation", Prose).text = explanation(given)
        self.query_one("#sources", Static).update(cite(given.question.about))
        self.answer.disabled = True
        self._ask_for("space goes on")
        self.query_one("#question").focus(scroll_visible=False)
        self.explaining = True
        self.call_after_refresh(said.scroll_visible, animate=False, top=True)

    def _show_place(self) -> None:
        number = min(len(self.quiz.answers) + 1, len(self.quiz.questions))
        place = f"{number} of {len(self.quiz.questions)}"
        self.aside = f"{place} · {clocked(round(self._left() * 1000))} left" if self.quiz.seconds else place

    def _left(self) -> float:
        return self.quiz.seconds - (time.monotonic() - self._begun)

    def _is_over(self) -> bool:
        return self.quiz.seconds > 0 and self._left() <= 0

    def _tick(self) -> None:
        self._show_place()
        if self._is_over() and self.is_current:
            self.notify("The time is over. What you had written counts, as a guess.", title="Exam")
            self._close()

    def _close(self) -> None:
        """End an exam whose time is over, with what stands in the answer; a rubric is still gone through."""
        question, response = self.quiz.current, self.answer.response() if self.answer.touched else None
        if isinstance(question, Open) and isinstance(response, Typed):
            self._compare(question, response.text, Confidence.LOW)
            return
        if response is not None:
            with suppress(NotAnAnswer), self.rooms.saving():
                self._keep(response, Confidence.LOW)
        self.finish()
