"""Predict, then run: an experiment is chosen, and what it will come to is committed to, before anything runs."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from studyapp.domain.grading import Confidence
from studyapp.domain.labs import Experiment, Lab, PredictionKind
from studyapp.domain.predictions import DIRECTIONS, read_value
from studyapp.study.labs import Prediction
from studyapp.tui.widgets.prose import Prose

Committed = tuple[Experiment, Prediction]
SURE = "How sure are you?  [b]1[/b] a guess  [b]2[/b] likely  [b]3[/b] certain"


class ExperimentsScreen(ModalScreen[Committed | None]):
    """Dismissed with an experiment and the prediction of it, or None."""

    CSS_PATH = "../styles/lab.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "commit(1)", "Guess", tooltip="Commit to it as a guess", id="predict.guess"),
        Binding("2", "commit(2)", "Likely", tooltip="Commit to it as likely", id="predict.likely"),
        Binding("3", "commit(3)", "Certain", tooltip="Commit to it as certain", id="predict.certain"),
        Binding("escape", "leave", "Back", tooltip="Back, without a prediction", id="predict.back"),
        Binding("question_mark,f1", "app.explain", "Help", tooltip="What is asked here", id="predict.help", show=False),
    ]
    HELP_TEXT = """\
Choose an experiment, say what it will come to (a number, or a direction: up, down, same), then how sure you are: that
commits you, and it runs on your service. Full marks within the tolerance, none beyond three times it. How sure you
were counts in the calibration among your statistics.
"""

    def __init__(self, lab: Lab, last: dict[str, float]) -> None:
        """`last` has the score of the newest prediction of each experiment by its id."""
        super().__init__()
        self.lab = lab
        self._last = last
        self.chosen: Experiment | None = None
        self.value: float | str | None = None

    def compose(self) -> ComposeResult:
        with Vertical(id="choice", classes="panel"):
            yield OptionList(*map(self._row, self.lab.experiments), id="choices")
            with VerticalScroll(id="about", can_focus=False):
                yield Prose(id="about-text")
            yield Input(id="predicted")
            yield Static(id="wrong", markup=False)
            yield Static(SURE, id="how-sure")

    def on_mount(self) -> None:
        choice = self.query_one("#choice")
        choice.border_title = "Predict, then run"
        choice.border_subtitle = "enter goes on, esc goes back"
        self._ask(None)

    @on(OptionList.OptionHighlighted)
    def tell(self, event: OptionList.OptionHighlighted) -> None:
        """What the highlighted experiment asks."""
        self.query_one("#about-text", Prose).text = self.lab.experiments[event.option_index].ask

    @on(OptionList.OptionSelected)
    def choose(self, event: OptionList.OptionSelected) -> None:
        """Enter on an experiment: now for the prediction."""
        self._ask(self.lab.experiments[event.option_index])

    @on(Input.Submitted)
    def predict(self, event: Input.Submitted) -> None:
        """Enter behind the prediction: now for how sure, or what is wrong with it."""
        assert self.chosen is not None
        try:
            self.value = read_value(self.chosen, event.value.strip().lower())
        except ValueError as error:
            self.query_one("#wrong", Static).update(str(error))
            return
        self.query_one("#wrong", Static).update("")
        self.query_one("#predicted").disabled = True
        self.query_one("#how-sure").display = True
        self.query_one("#about").can_focus = True
        self.query_one("#about").focus()
        self.refresh_bindings()

    def action_commit(self, level: int) -> None:
        """The prediction stands from now on."""
        if self.chosen is not None and self.value is not None:
            self.dismiss((self.chosen, Prediction(self.value, Confidence(level))))

    def action_leave(self) -> None:
        """Back to the choice, or out of here."""
        if self.chosen is None:
            self.dismiss(None)
        else:
            self._ask(None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """How sure is asked when there is a prediction; until then digits belong to it."""
        return self.value is not None if action == "commit" else True

    def _ask(self, chosen: Experiment | None) -> None:
        """Ask for an experiment, or for a prediction of the one that is chosen."""
        self.chosen, self.value = chosen, None
        self.query_one("#choices").display = chosen is None
        self.query_one("#how-sure").display = False
        line = self.query_one("#predicted", Input)
        line.display, line.disabled, line.value = chosen is not None, False, ""
        self.query_one("#wrong", Static).update("")
        if chosen is not None:
            number = f"a number in {chosen.unit}" if chosen.unit else "a number"
            line.placeholder = number if chosen.kind is PredictionKind.NUMBER else ", ".join(DIRECTIONS)
        (line if chosen else self.query_one("#choices")).focus()
        self.refresh_bindings()

    def _row(self, experiment: Experiment) -> Option:
        score = f"{self._last[experiment.id]:4.0%}" if experiment.id in self._last else "   ·"
        return Option(f"{score}  {experiment.id}")
