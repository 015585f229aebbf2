"""A lab's steps: what to build, whether it passes, a hint; the files open in the person's own editor."""

import os
import subprocess
from collections.abc import Iterable
from typing import ClassVar

from textual import on, work
from textual.app import SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from studyapp.domain.labs import Lab, LabStep
from studyapp.runner import editor
from studyapp.runner.processes import ProcessError
from studyapp.runner.workspace import WorkspaceError
from studyapp.study import lab_progress, labs
from studyapp.study.labs import Checked
from studyapp.study.study import Study
from studyapp.tui.screens.page import Page
from studyapp.tui.widgets.prose import Prose

HELP = """\
A lab is done in a workspace of your own: `e` lays it out and opens its files in your editor ($VISUAL or $EDITOR).
`c` runs the checks of the step, each in a process of its own with a time limit; what fails says what was expected
and what came. `h` gives a hint, one level deeper each time.

`studyapp lab watch` checks at each save, `studyapp lab launch` starts the service on your code.
"""


class LabScreen(Page):
    """One lab, a step at a time."""

    CSS_PATH = "../styles/pages.tcss"
    HELP_TEXT = HELP
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", "Edit", tooltip="Open the files in your editor", id="lab.edit"),
        Binding("c", "check", "Check", tooltip="Run the checks of this step", id="lab.check"),
        Binding("h", "hint", "Hint", tooltip="The next hint, one level deeper", id="lab.hint"),
    ]

    def __init__(self, study: Study, lab: Lab, step: str = "") -> None:
        super().__init__()
        self.study = study
        self.lab = lab
        self._first = step
        self.heading = f"Lab · {lab.title}"

    def body(self) -> Iterable[Widget]:
        with Horizontal(id="lab"):
            yield OptionList(*(Option(step.title) for step in self.lab.steps), id="steps")
            with VerticalScroll(id="step"):
                yield Prose(id="task")
                yield Static(id="lab-said", markup=False)

    def on_mount(self) -> None:
        self._show_passed()
        steps = self.query_one("#steps", OptionList)
        found = (
            self.lab.find(self._first) if self._first else lab_progress.progress(self.study)[self.lab.slug].next_step
        )
        steps.highlighted = self.lab.steps.index(found) if found else 0
        steps.focus()

    @property
    def step(self) -> LabStep:
        """The step that is looked at."""
        return self.lab.steps[self.query_one("#steps", OptionList).highlighted or 0]

    @on(OptionList.OptionHighlighted)
    def show_step(self) -> None:
        """What the highlighted step asks for."""
        self.query_one("#task", Prose).text = f"## {self.step.title}\n\n{self.step.task}"
        self._say("")
        self.query_one("#step").scroll_home(animate=False)

    def action_edit(self) -> None:
        """Lay the workspace out and open its files, the app suspended meanwhile."""
        try:
            place, _ = labs.start(self.study, self.lab)
            command = editor.command(os.environ, place.written)
            with self.app.suspend():
                subprocess.call(command, cwd=place.path)
        except (WorkspaceError, editor.NoEditor) as error:
            self._say(str(error))
        except SuspendNotSupported:
            self._say("This terminal cannot be handed to an editor; open the files yourself: `studyapp lab open`.")

    def action_check(self) -> None:
        """Run the checks of the step, once there is a workspace."""
        if not labs.workspace(self.study, self.lab).exists:
            self._say("Press e first: it lays your workspace out.")
            return
        self._say("Checking …")
        self.check(self.step)

    def action_hint(self) -> None:
        """The next hint of the step."""
        hint = labs.hint(self.study, self.lab, self.step)
        self._say(f"Hint {hint.level} of {len(self.step.hints)}: {hint.text}")

    @work(thread=True, exclusive=True, exit_on_error=False)
    def check(self, step: LabStep) -> None:
        """Run the checks off the UI thread, on a connection of its own."""
        try:
            with self.study.reader() as reader:
                labs.upgrade(reader, self.lab)
                found = list(labs.check(reader, self.lab, step))
            said = "\n\n".join(map(_told, found))
        except (WorkspaceError, ProcessError) as error:
            said = str(error)
        self.app.call_from_thread(self._checked, said)

    def _checked(self, said: str) -> None:
        self._say(said)
        self._show_passed()

    def _show_passed(self) -> None:
        passed = lab_progress.progress(self.study)[self.lab.slug].passed
        steps = self.query_one("#steps", OptionList)
        for index, step in enumerate(self.lab.steps):
            sign = "✓" if step.id in passed else f"{index + 1}"
            steps.replace_option_prompt_at_index(index, f"{sign} {step.title}")
        self.aside = f"{len(passed)} of {len(self.lab.steps)} steps pass"

    def _say(self, said: str) -> None:
        self.query_one("#lab-said", Static).update(said)


def _told(checked: Checked) -> str:
    """A result in words, with the hint that fits."""
    result = checked.result
    if result.passed:
        return f"✓ {result.step.title}: passes."
    lines = [f"✗ {result.message}"]
    lines += [f"expected: {result.expected}"] if result.expected else []
    lines += [f"came: {result.got}"] if result.got else []
    return "\n".join([*lines, *([f"Hint: {checked.hint}"] if checked.hint else [])])
