"""The half of a lab that is the learner's code: brief, steps, checks, hints, solutions, the way into an editor."""

import os
import subprocess
from collections.abc import Callable
from typing import ClassVar

from textual import on, work
from textual.app import SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.reactive import reactive
from textual.timer import Timer
from textual.widgets import OptionList

from studyapp.domain.labs import Cause, Lab, LabProgress, LabState, LabStep
from studyapp.runner import editor
from studyapp.runner.processes import ProcessError, Supervisor
from studyapp.runner.watch import SECONDS, Saves
from studyapp.runner.workspace import WorkspaceError
from studyapp.study import lab_explaining, lab_progress, lab_reading, labs
from studyapp.study.lab_words import failure
from studyapp.study.study import Study
from studyapp.tui.messages import ChecksEnded, Said, StepChecked
from studyapp.tui.screens.page import Page
from studyapp.tui.widgets.output import Output, Tone
from studyapp.tui.widgets.prose import Prose
from studyapp.tui.widgets.step_list import StepList

NO_CARDS = (Cause.SYNTAX, Cause.IMPORT, Cause.SKIPPED)  # what cards about the matter do not help with


class LabSteps(Page):
    """The steps of one lab; where they stand on the screen is for the screen to say."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", "Edit", tooltip="Open the files in your editor", id="lab.edit"),
        Binding("c", "check", "Check", tooltip="Run the checks of this step, or on the brief of all", id="lab.check"),
        Binding("a", "check_all", "Check all", tooltip="Run the checks of all steps", id="lab.all", show=False),
        Binding(
            "w", "watch", "Watch", tooltip="Check at each save, while this screen is open", id="lab.watch", show=False
        ),
        Binding("h", "hint", "Hint", tooltip="The next hint, one level deeper", id="lab.hint"),
        Binding("x", "explain_it", "Explain", tooltip="Explain it: the question that ends the lab", id="lab.explain"),
        Binding("s", "solution", "Solution", tooltip="The reference of this step", id="lab.solution", show=False),
        Binding("d", "diff", "Diff", tooltip="What you changed so far", id="lab.diff", show=False),
        Binding("r", "review", "Cards", tooltip="Practise the cards of this step", id="lab.cards", show=False),
        Binding("R", "reset", "Reset", tooltip="Lay the starter out again; keeps a backup", id="lab.reset", show=False),
    ]
    pane = reactive("steps")
    progress: reactive[LabProgress | None] = reactive(None, bindings=True)

    def __init__(self, study: Study, lab: Lab) -> None:
        super().__init__()
        self.study = study
        self.lab = lab
        self.workspace = labs.workspace(study, lab)
        self._checking = False
        self._checkers = Supervisor(study.places.data)
        self._saves: Saves | None = None
        self._looking: Timer | None = None

    @property
    def done(self) -> bool:
        """Whether every step passes."""
        return self.progress is not None and self.progress.state in (LabState.PASSED, LabState.DONE)

    def on_screen_resume(self) -> None:
        self.refresh_progress()

    def on_unmount(self) -> None:
        for child in list(self._checkers.children):
            child.stop()

    def refresh_progress(self) -> None:
        """Show which steps pass now."""
        self.progress = lab_progress.progress(self.study)[self.lab.slug]
        self.query_one(StepList).show(self.progress)
        self.show_state()

    def show_state(self) -> None:
        """The line at the top."""
        self.aside = " · ".join(filter(None, self.marks()))

    def marks(self) -> list[str]:
        """What that line says; empty ones are left out."""
        assert self.progress is not None
        return [
            "watching" if self._looking else "",
            "done" if self.progress.state is LabState.DONE else "",
            f"{len(self.progress.passed)}/{len(self.lab.steps)} steps",
        ]

    @on(OptionList.OptionHighlighted, "#steps")
    async def show_step(self) -> None:
        """What the highlighted step asks for, or the brief, each of its sections a piece of its own."""
        step, place = self.query_one(StepList).step, self.query_one("#step", VerticalScroll)
        parts = [lab_reading.task(step)] if step else lab_reading.brief(self.study, self.lab)
        await place.remove_children()
        await place.mount_all(Prose(part, classes="part") for part in parts)
        place.scroll_home(animate=False)
        self.refresh_bindings()

    @on(OptionList.OptionSelected, "#steps")
    def read_step(self) -> None:
        """Enter goes into the text, so that long ones scroll."""
        self.query_one("#step").focus()

    @on(Said)
    def show_said(self, event: Said) -> None:
        """One more line of output."""
        self.say(event.text, event.tone)

    def say(self, text: str, tone: Tone = Tone.PLAIN) -> None:
        """Add to the output."""
        self.query_one(Output).say(text, tone)

    def action_edit(self) -> None:
        """Lay the workspace out and open its files, the app suspended meanwhile."""
        try:
            place, _ = labs.start(self.study, self.lab)
            command = editor.command(os.environ, place.written)
            with self.app.suspend():
                subprocess.call(command, cwd=place.path)
        except (WorkspaceError, editor.NoEditor) as error:
            self.show_problem(str(error))
        except SuspendNotSupported:
            files = ", ".join(str(path) for path in self.workspace.written)
            self.show_problem(f"This terminal cannot be handed to an editor; open the files yourself: {files}")
        self.refresh_progress()

    def action_check(self) -> None:
        """Run the checks of the step that is looked at."""
        self._check(self.query_one(StepList).step)

    def action_check_all(self) -> None:
        """Run the checks of all steps."""
        self._check(None)

    def action_watch(self) -> None:
        """Check at each save from now on, or no longer."""
        if self._looking is not None:
            self._looking.stop()
            self._looking = self._saves = None
            self.say("Not watching any more.", Tone.QUIET)
        elif self.started():
            self._saves = Saves(self.workspace.written)
            self._looking = self.set_interval(SECONDS, self._look)
            self.say(f"Watching {', '.join(self.lab.replaces)}: checked at each save.", Tone.QUIET)
        self.refresh_progress()

    def _look(self) -> None:
        """Whether a file was saved; while checks run it waits, and is noticed after them."""
        if self._saves is not None and not self._checking and (saved := self._saves.look()):
            self.say(f"{', '.join(path.name for path in saved)} saved", Tone.QUIET)
            self._check(None, up_to_failure=True)

    def _check(self, step: LabStep | None, up_to_failure: bool = False) -> None:
        if self._checking or not self.started():
            return
        self._checking = True
        self.pane = "output"
        self.say(f"Checking {step.title if step else 'all steps'} …", Tone.HEAD)
        self._run_checks(step, up_to_failure)

    def started(self) -> bool:
        """Whether there is a workspace; if not, it is laid out, which touches nothing of the learner's."""
        try:
            labs.start(self.study, self.lab)
        except WorkspaceError as error:
            self.show_problem(str(error))
            return False
        return True

    @work(thread=True, group="check", exit_on_error=False)
    def _run_checks(self, step: LabStep | None, up_to_failure: bool) -> None:
        """Run the checks off the UI thread, on a connection of its own."""
        problem = ""
        try:
            with self.study.reader() as reader:
                for checked in labs.check(reader, self.lab, step, supervisor=self._checkers, say=self._hear):
                    self.post_message(StepChecked(checked))
                    if up_to_failure and not checked.result.passed:
                        break
        except (WorkspaceError, ProcessError, OSError) as error:
            problem = str(error)
        finally:
            self.post_message(ChecksEnded(problem))

    def _hear(self, line: str) -> None:
        """What takes long before the first result."""
        self.post_message(Said(line, Tone.QUIET))

    @on(StepChecked)
    def show_checked(self, event: StepChecked) -> None:
        """One step passes, or what was expected and what came."""
        result = event.checked.result
        sign, tone = ("✓", Tone.GOOD) if result.passed else ("✗", Tone.BAD)
        self.query_one(StepList).mark(result.step, failed=not result.passed)
        self.say(f"{sign} {self.lab.number(result.step)} {result.step.title}", tone)
        if not result.passed:
            for label, text in failure(event.checked):
                self.say(
                    f"  {label:9}{text}" if label else f"  {text}", Tone.QUIET if label == "printed" else Tone.PLAIN
                )
            if result.step.cards and result.cause not in (Cause.SYNTAX, Cause.IMPORT, Cause.SKIPPED):
                count = len(result.step.cards)
                self.say(f"  r practises the {count} card{'s' * (count > 1)} of this step", Tone.QUIET)
        self.refresh_progress()

    @on(ChecksEnded)
    def show_checks_over(self, event: ChecksEnded) -> None:
        """Checking may begin again."""
        self._checking = False
        if event.problem:
            self.show_problem(event.problem)
        self.refresh_progress()
        if self.progress is not None and self.progress.state is LabState.PASSED:
            self.say("All steps pass. x explains it, as in an interview: that ends the lab.", Tone.GOOD)

    def action_hint(self) -> None:
        """The next hint of the step."""
        if step := self._chosen():
            hint = labs.hint(self.study, self.lab, step)
            self.pane = "output"
            self.say(f"Hint {hint.level} of {len(step.hints)} for {step.title}", Tone.HEAD)
            self.say(hint.text.strip())

    def action_solution(self) -> None:
        """The reference of the step: at once where it has passed, else after a confirmation, which is kept."""
        step = self._chosen()
        if step is None or self.progress is None:
            return
        if step.id in self.progress.passed:
            self._show_solution(step)
        else:
            asked = (
                f"{step.title} has not passed yet, and a solution read too early teaches little. Show it all the same?"
            )
            self.confirm(f"{asked} That is kept.", lambda: self._show_solution(step))

    def _show_solution(self, step: LabStep) -> None:
        parts = lab_reading.solution(labs.show_solution(self.study, self.lab, step, asked=True))
        self._read(f"Solution · {step.title}", parts)

    def action_diff(self) -> None:
        """What the learner changed since the starter was laid out."""
        place = self.workspace
        diff = place.diff() if place.exists else ""
        self._read("What you changed", [f"```diff\n{diff}\n```" if diff else "Nothing is changed yet."])

    def action_reset(self) -> None:
        """Lay the starter out again, after a confirmation; where the backup is."""
        asked = "Lay the starter out again? What you have written is kept in a backup; passed steps stay passed."
        self.confirm(asked, self._reset)

    def _reset(self) -> None:
        try:
            backup = labs.reset(self.study, self.lab)
        except WorkspaceError as error:
            self.show_problem(str(error))
        else:
            self.pane = "output"
            self.say(f"The starter is laid out again. What was there is kept in {backup}", Tone.GOOD)

    def action_review(self) -> None:
        """Practise the cards that belong to the step."""
        if step := self._chosen():
            self.rooms.practise(step.cards)

    def action_explain_it(self) -> None:
        """The question that ends the lab."""
        if not self.rooms.open_question(lab_explaining.question(self.study, self.lab)):
            self.show_problem(f"The question {self.lab.explain} that ends this lab is not among the content.")

    def confirm(self, question: str, then: Callable[[], None]) -> None:
        """Ask before something that no key takes back."""
        from studyapp.tui.screens.confirm import ConfirmScreen

        def answered(yes: bool | None) -> None:
            if yes:
                with self.rooms.saving():
                    then()

        self.app.push_screen(ConfirmScreen(question), answered)

    def _read(self, title: str, parts: list[str]) -> None:
        from studyapp.tui.screens.reading import ReadingScreen

        self.app.push_screen(ReadingScreen(title, parts))

    def _chosen(self) -> LabStep | None:
        """The step that is looked at; on the brief, a word that there is none."""
        step = self.query_one(StepList).step
        if step is None:
            self.notify("Choose a step first.")
        return step

    def show_problem(self, said: str) -> None:
        self.pane = "output"
        self.say(said, Tone.BAD)
