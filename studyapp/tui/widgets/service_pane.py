"""The service of a lab on the screen: it is launched, watched, loaded and broken here, all of it off the UI thread."""

import time
from collections.abc import Callable, Iterable

from textual import on, work
from textual.containers import VerticalScroll
from textual.widget import Widget

from studyapp.domain.labs import Experiment
from studyapp.runner.experiments import ExperimentError
from studyapp.runner.processes import ProcessError
from studyapp.runner.replicas import ReplicaError
from studyapp.runner.scenarios import Interrupted, Scenario, ScenarioError, stated, told
from studyapp.runner.service import ServiceError
from studyapp.runner.workspace import WorkspaceError
from studyapp.study.lab_session import LabSession, Phase
from studyapp.study.lab_words import predicted
from studyapp.study.labs import Prediction
from studyapp.tui.messages import ExperimentEnded, FiguresRead, JobEnded, Said, ServiceChanged
from studyapp.tui.widgets.live_panel import LivePanel
from studyapp.tui.widgets.output import Tone

EVERY_SECONDS = 1.0
LAUNCHING = "launching"
TROUBLE = (WorkspaceError, ServiceError, ProcessError, ScenarioError, ExperimentError, OSError)


class ServicePane(VerticalScroll):
    """One session, its figures, and what it is busy with."""

    def __init__(self, session: LabSession, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.session = session
        self.busy = ""
        self._since = 0.0

    def compose(self) -> Iterable[Widget]:
        yield LivePanel(id="live")

    def on_mount(self) -> None:
        self.border_title = "Service"
        self.set_interval(EVERY_SECONDS, self._show_time)

    def on_unmount(self) -> None:
        self.session.close()

    def launch(self, replicas: int = 1) -> None:
        """Start the service, or several replicas of it behind a balancer."""
        if self._free(LAUNCHING):
            self._work(lambda: None, replicas)

    def stop(self) -> None:
        """Stop the service, and with it whatever it is busy with."""
        self.post_message(ServiceChanged(Phase.STOPPING))
        self._stop()

    def turn(self, steps: int) -> None:
        """Traffic up or down."""
        if self.session.running:
            rate = self.session.turn(steps)
            self.post_message(Said(f"traffic: {rate:g} requests a second", Tone.QUIET))

    @work(thread=True, group="scale", exit_on_error=False)
    def scale(self, steps: int) -> None:
        """More replicas, or fewer."""
        try:
            self._say(f"{self.session.scale(steps)} replicas from now on", Tone.QUIET)
        except (ReplicaError, ServiceError) as error:
            self._say(str(error), Tone.WARN)

    def play(self, scenario: Scenario) -> None:
        """State what should happen, do it, say what did."""
        if self._free(f"scenario {scenario.name}"):
            self._say(f"Scenario: {scenario.title}", Tone.HEAD)
            for line in stated(scenario):
                self._say(line)
            self._work(lambda: self._play(scenario), scenario.replicas)

    def experiment(self, experiment: Experiment, prediction: Prediction) -> None:
        """Run an experiment of which a prediction was made."""
        if self._free(f"experiment {experiment.id}"):
            self._say(f"Experiment: {experiment.id}", Tone.HEAD)
            self._say(f"{experiment.ask}\n→ {predicted(experiment, prediction)}")
            self._work(lambda: self._experiment(experiment, prediction))

    @on(ServiceChanged)
    def show_phase(self, event: ServiceChanged) -> None:
        """Where the service is; its screen is told too."""
        self.query_one(LivePanel).said = event.said
        self._show(event.phase)

    @on(FiguresRead)
    def show_figures(self) -> None:
        """The figures of this second."""
        for line in self.session.readings[-1].news if self.session.readings else ():
            self._say(f"service: {line}", Tone.BAD if line.startswith("your code") else Tone.QUIET)
        self._show(self.session.phase)

    @on(JobEnded)
    def free(self) -> None:
        """Something else may be asked for."""
        self.busy = ""
        self._show_time()

    def _show(self, phase: Phase) -> None:
        self.query_one(LivePanel).show(phase, self.session.readings, self.session.url)

    def _free(self, asked: str) -> bool:
        """Whether nothing is going on; if so, what was asked for is, from now on."""
        if self.busy:
            self.app.notify(f"Busy with {self.busy}: wait for its end, or stop the service.", severity="warning")
            return False
        self.busy, self._since = asked, time.monotonic()
        self._show_time()
        return True

    def _show_time(self) -> None:
        """What is going on, and for how long."""
        self.border_subtitle = f"{self.busy} · {time.monotonic() - self._since:.0f} s" if self.busy else ""

    @work(thread=True, group="service", exit_on_error=False)
    def _work(self, job: Callable[[], None], replicas: int = 1) -> None:
        """Do something on the running service, which is launched first if need be."""
        try:
            if self.session.running and self.session.replicas < replicas:
                self._say(f"This needs {replicas} replicas: the service starts anew.", Tone.QUIET)
                self.session.close()
            if not self.session.running:
                self._launch(replicas)
            job()
        except Interrupted:
            self._say("left before its end; the service is as it was", Tone.QUIET)
        except TROUBLE as error:
            self._say(str(error), Tone.BAD)
        finally:
            self.post_message(ServiceChanged(self.session.phase))
            self.post_message(JobEnded())

    def _launch(self, replicas: int) -> None:
        self.post_message(ServiceChanged(Phase.STARTING))
        self._say("Starting the service on your code …", Tone.HEAD)
        self.session.launch(self._hear, replicas)
        self._say(f"It listens on {self.session.url}", Tone.GOOD)
        self.post_message(ServiceChanged(Phase.RUNNING))
        self.app.call_from_thread(self._watch)

    def _hear(self, line: str) -> None:
        """One line of what the service says while it starts."""
        self._say(line, Tone.QUIET)
        self.post_message(ServiceChanged(Phase.STARTING, line))

    def _play(self, scenario: Scenario) -> None:
        report = self.session.play(scenario, lambda line: self._say(f"→ {line}"))
        for line, finding in zip(told(report), report.findings, strict=True):
            self._say(line, Tone.GOOD if finding.held else Tone.BAD)

    def _experiment(self, experiment: Experiment, prediction: Prediction) -> None:
        self.post_message(ExperimentEnded(experiment, prediction, self.session.experiment(experiment)))

    @work(thread=True, group="watch", exit_on_error=False)
    def _watch(self) -> None:
        """Look at the service once a second for as long as this launch of it runs."""
        launch = self.session.launches
        try:
            while self.session.running and self.session.launches == launch:
                self.session.look()
                self.post_message(FiguresRead())
                self.session.rest(EVERY_SECONDS)
        except Interrupted:
            return
        except ServiceError as error:
            self._say(str(error), Tone.BAD)
        self.post_message(ServiceChanged(self.session.phase))

    @work(thread=True, group="stop", exit_on_error=False)
    def _stop(self) -> None:
        self.session.close()
        self._say("The service is stopped; nothing of it is left running.", Tone.QUIET)
        self.post_message(ServiceChanged(Phase.STOPPED))

    def _say(self, text: str, tone: Tone = Tone.PLAIN) -> None:
        self.post_message(Said(text, tone))
