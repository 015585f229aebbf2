"""What a quiz came to: score, time, calibration, and the wrong ones to go through."""

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from studyapp.domain.durations import clocked
from studyapp.domain.quiz import Result
from studyapp.study import quizzing
from studyapp.study.study import Study
from studyapp.tui.screens.page import Page
from studyapp.tui.widgets.feedback import explanation, signed, verdict
from studyapp.tui.widgets.meters import bar
from studyapp.tui.widgets.prose import Prose, inline

HELP = """\
**Right** is the mean share of the marks; partly right answers count in part. **Points** weigh each answer by how
sure you said you were. **Calibration** sets beside each confidence how often it was right: certain answers should
be right nine times in ten.

The wrong ones are listed; going up and down explains each, `tab` goes into a long explanation. Their cards have
come forward and wait in your next review. `m` asks the missed ones again.
"""


class ResultScreen(Page):
    """The end of a quiz."""

    CSS_PATH = "../styles/quiz.tcss"
    HELP_TEXT = HELP
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "again", "Ask missed again", tooltip="A quiz of the missed questions", id="result.again"),
        Binding("r", "app.review", "Review", tooltip="Today's session, missed cards first", id="result.review"),
    ]

    def __init__(self, study: Study, result: Result) -> None:
        super().__init__()
        self.study = study
        self.result = result
        self.heading = "Result"

    def body(self) -> Iterable[Widget]:
        yield Static(self._score(), id="score")
        missed = self.result.missed
        yield Static("Went wrong" if missed else "Nothing went wrong.", id="missed-title", classes="muted")
        yield OptionList(*(Option(inline(one.question.stem)) for one in missed), id="missed")
        with VerticalScroll(id="detail"):
            yield Static(id="verdict", markup=False)
            yield Prose(id="explanation")

    def on_mount(self) -> None:
        missed = self.query_one("#missed", OptionList)
        missed.display = self.query_one("#detail").display = bool(self.result.missed)
        if self.result.missed:
            missed.highlighted = 0
            missed.focus()

    @on(OptionList.OptionHighlighted)
    def explain(self, event: OptionList.OptionHighlighted) -> None:
        """Explain the highlighted wrong answer."""
        given = self.result.missed[event.option_index]
        self.query_one("#verdict", Static).update(verdict(given))
        self.query_one("#explanation", Prose).text = f"{given.question.stem}\n\n{explanation(given)}"
        self.query_one("#detail").scroll_home(animate=False)

    def action_again(self) -> None:
        """Ask the missed questions again."""
        from studyapp.tui.screens.quiz import QuizScreen

        quiz = quizzing.of_questions(self.study, [given.question.id for given in self.result.missed])
        self.app.switch_screen(QuizScreen(self.study, quiz))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Asking again needs something missed."""
        return bool(self.result.missed) if action == "again" else True

    def _score(self) -> str:
        result = self.result
        points = f"{signed(result.points)} of {result.best_points:.0f} points"
        lines = [
            f"[b]{result.share:.0%}[/b] right   {points}   {len(result.answers)} answers in {clocked(result.duration)}"
        ]
        for row in result.calibration():
            name = {1: "guess", 2: "likely", 3: "certain"}[row.confidence]
            lines.append(f"{name:8} {bar(row.right)} right of {row.count}  [dim]claimed {row.claimed:.0%}[/dim]")
        return "\n".join(lines)
