"""A lab: its steps, what checks and the service say, and the running service with the learner's code in it."""

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, VerticalScroll
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from studyapp.domain.labs import Lab, LabState
from studyapp.runner.scenarios import Scenario
from studyapp.study import lab_progress, labs
from studyapp.study.lab_session import LabSession, Phase
from studyapp.study.lab_words import came
from studyapp.study.study import Study
from studyapp.tui.messages import ExperimentEnded, ServiceChanged
from studyapp.tui.screens.lab_help import HELP
from studyapp.tui.screens.lab_steps import LabSteps
from studyapp.tui.widgets.output import Output, Tone
from studyapp.tui.widgets.service_pane import LAUNCHING, ServicePane
from studyapp.tui.widgets.step_list import StepList

PANES = ("steps", "output", "service")
WIDE = 110  # columns from which on all parts stand side by side


class LabScreen(LabSteps):
    """One lab. It owns no score and no process: those belong to the study and to the session."""

    CSS_PATH = "../styles/lab.tcss"
    HELP_TEXT = HELP
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012  as Textual declares it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "launch", "Launch", tooltip="Start the service with your code in it", id="lab.launch"),
        Binding("l", "stop", "Stop", tooltip="Stop the service", id="lab.stop"),
        Binding("plus,equals_sign", "turn(1)", "More traffic", tooltip="More traffic", id="lab.more", show=False),
        Binding("minus", "turn(-1)", "Less traffic", tooltip="Less traffic", id="lab.less", show=False),
        Binding("L", "launch(2)", "Launch two", tooltip="Two replicas behind a balancer", id="lab.two", show=False),
        Binding("greater_than_sign", "scale(1)", "More replicas", tooltip="One more replica", id="lab.up", show=False),
        Binding("less_than_sign", "scale(-1)", "Fewer replicas", tooltip="One less", id="lab.down", show=False),
        Binding("b", "break", "Break", tooltip="A scenario: say what should happen, then see", id="lab.break"),
        Binding("p", "predict", "Predict", tooltip="An experiment: predict, then run", id="lab.predict"),
        Binding("1", "pane('steps')", "Steps", tooltip="Brief and steps", id="lab.steps", show=False),
        Binding("2", "pane('output')", "Output", tooltip="What was said", id="lab.output", show=False),
        Binding("3", "pane('service')", "Service", tooltip="The service", id="lab.service", show=False),
    ]
    phase = reactive(Phase.STOPPED, bindings=True)

    def __init__(self, study: Study, lab: Lab, step: str = "") -> None:
        super().__init__(study, lab)
        self.session = LabSession(self.workspace, study.rng)
        self.heading = f"Lab · {lab.title}"
        self._first = step
        self._leaving = False

    def body(self) -> Iterable[Widget]:
        yield Static(id="panes")
        with Horizontal(id="lab"):
            with Container(id="steps-pane"):
                yield StepList(self.lab, id="steps")
                yield VerticalScroll(id="step")
            with Container(id="right"):
                yield ServicePane(self.session, id="service")
                yield Output(id="output")

    def on_mount(self) -> None:
        self.query_one("#output").border_title = "Output"
        self.refresh_progress()
        assert self.progress is not None
        steps = self.query_one(StepList)
        new = self.progress.state is LabState.NEW
        steps.go_to(self.lab.find(self._first) if self._first else None if new else self.progress.next_step)
        steps.focus()

    def marks(self) -> list[str]:
        return ["" if self.phase is Phase.STOPPED else self.phase.value, *super().marks()]

    def watch_pane(self, pane: str) -> None:
        for name in PANES:
            self.set_class(name == pane, f"-at-{name}")
        for shown in self.query("#panes").results(Static):
            names = (f"{number} {name.capitalize()}" for number, name in enumerate(PANES, 1))
            shown.update("  ".join(f"[reverse] {n} [/reverse]" if n[2:].lower() == pane else f" {n} " for n in names))
        if self.has_class("-narrow"):
            self.query_one(f"#{pane}").focus()

    def action_pane(self, pane: str) -> None:
        """Show one part, where there is no room for all."""
        self.pane = pane
        self.query_one(f"#{pane}").focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Show in the footer only what can be done now."""
        match action:
            case "explain_it":
                return self.done
            case "hint":
                return not self.done
            case "launch":
                return self.phase is Phase.STOPPED
            case "stop":
                return self.phase is not Phase.STOPPED
            case "turn" | "scale":
                return self.phase is Phase.RUNNING
        return True

    def action_launch(self, replicas: int = 1) -> None:
        """Start the service with the learner's code in it."""
        if self.started():
            self.pane = "output"
            self.query_one(ServicePane).launch(replicas)

    def action_stop(self) -> None:
        """Stop the service."""
        self.query_one(ServicePane).stop()

    def action_turn(self, steps: int) -> None:
        """More traffic, or less."""
        self.query_one(ServicePane).turn(steps)

    def action_scale(self, steps: int) -> None:
        """More replicas, or fewer."""
        self.query_one(ServicePane).scale(steps)

    def action_break(self) -> None:
        """Choose a scenario."""
        from studyapp.tui.screens.scenarios import ScenariosScreen

        def chosen(scenario: Scenario | None) -> None:
            if scenario is not None and self.started():
                self.pane = "output"
                self.query_one(ServicePane).play(scenario)

        self.app.push_screen(ScenariosScreen(), chosen)

    def action_predict(self) -> None:
        """Choose an experiment, and say what it will come to."""
        from studyapp.tui.screens.experiments import Committed, ExperimentsScreen

        def committed(given: Committed | None) -> None:
            if given is not None and self.started():
                self.pane = "output"
                self.query_one(ServicePane).experiment(*given)

        self.app.push_screen(ExperimentsScreen(self.lab, lab_progress.predictions(self.study, self.lab)), committed)

    @on(ExperimentEnded)
    def show_outcome(self, event: ExperimentEnded) -> None:
        """What came, what it was worth, and why it is so; the prediction is kept."""
        worth = labs.keep_prediction(self.study, self.lab, event.experiment, event.prediction, event.outcome.value)
        width = self.query_one(Output).scrollable_content_region.width or 80
        for line in came(event.experiment, event.prediction, event.outcome, worth, width):
            self.say(line, Tone.HEAD if line.startswith("you said") else Tone.PLAIN)
        self.say(event.experiment.explain.strip())

    @on(ServiceChanged)
    def show_phase(self, event: ServiceChanged) -> None:
        """The service has started, or stopped, or is about to."""
        if event.phase is Phase.RUNNING and self.query_one(ServicePane).busy == LAUNCHING:
            self.pane = "service"
        self.phase = event.phase
        self.show_state()
        self._leave_if_over()

    def action_back(self) -> None:
        """Back to the steps where only one part shows; else out, after stopping what runs."""
        if self.has_class("-narrow") and self.pane != "steps":
            self.action_pane("steps")
        elif self.phase is Phase.STOPPED:
            self.dismiss()
        else:
            self.confirm("The service is running. Stop it and leave?", self._leave)

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self._leave_if_over()

    def _leave(self) -> None:
        self._leaving = True
        self.query_one(ServicePane).stop()

    def _leave_if_over(self) -> None:
        """Go back, once the service is stopped, if that was asked for."""
        if self._leaving and self.phase is Phase.STOPPED and self.is_current:
            self._leaving = False
            self.dismiss()
