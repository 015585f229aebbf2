"""The labs: what each is about, how far it is, how long it takes; enter opens one."""

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import DataTable, Static

from studyapp.domain.labs import Lab, LabProgress, LabState
from studyapp.study import lab_progress
from studyapp.study.study import Study
from studyapp.tui.messages import LibraryLoaded
from studyapp.tui.screens.page import Page
from studyapp.tui.widgets.prose import Prose

COLUMNS = (("Lab", 48), ("Steps", 5), ("State", 10), ("Min", 4))
STATES = {
    LabState.NEW: "·",
    LabState.STARTED: "started",
    LabState.PASSED: "to explain",
    LabState.DONE: "✓ done",
}
HELP = """\
Hands-on work: each lab replaces one part of a running recommender service by a starter that you complete. You write,
its checks say what holds, then you launch the service with your code in it, load it, and break it.

`enter` opens a lab. It is **done** when every step has passed and you have explained it as in an interview.
"""


class LabsScreen(Page):
    """All labs in the order of their topics."""

    CSS_PATH = "../styles/lab.tcss"
    HELP_TEXT = HELP
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "topic", "Topic", tooltip="The topic that the highlighted lab belongs to", id="labs.topic"),
    ]

    def __init__(self, study: Study) -> None:
        super().__init__()
        self.study = study
        self.heading = "Labs"

    def body(self) -> Iterable[Widget]:
        yield DataTable[str](id="labs", cursor_type="row")
        yield Static(id="lab-problems", markup=False)
        with VerticalScroll(id="lab-about", can_focus=False):
            yield Prose(id="lab-goal")

    def on_mount(self) -> None:
        table = self.query_one("#labs", DataTable)
        for label, width in COLUMNS:
            table.add_column(label, width=width)
        table.focus()

    def on_screen_resume(self) -> None:
        self.show_labs()

    @on(LibraryLoaded)
    def show_labs(self) -> None:
        """Every lab as it is now, the cursor where it was."""
        found = lab_progress.in_order(self.study)
        done = sum(each.state is LabState.DONE for each in found)
        self.aside = f"{done} of {len(found)} done"
        table = self.query_one("#labs", DataTable)
        cursor = table.cursor_row
        table.clear()
        for each in found:
            table.add_row(*_cells(each), key=each.lab.slug)
        table.move_cursor(row=cursor)
        self._show_problems()

    @on(DataTable.RowHighlighted)
    def show_goal(self, event: DataTable.RowHighlighted) -> None:
        """What the highlighted lab is for."""
        lab = self.study.labs.get(str(event.row_key.value))
        if lab is not None:
            self.query_one("#lab-goal", Prose).text = "\n\n".join([lab.goal, *map("- {}".format, lab.prerequisites)])

    @on(DataTable.RowSelected)
    def open_selected(self, event: DataTable.RowSelected) -> None:
        """Enter on a lab."""
        self.rooms.open_lab(str(event.row_key.value))

    def action_topic(self) -> None:
        """The topic of the highlighted lab."""
        lab = self._highlighted()
        topics = [topic.slug for topic in self.study.library.topics.values() if lab and topic.lab == lab.slug]
        if topics:
            self.rooms.open_topic(topics[0])

    def _highlighted(self) -> Lab | None:
        table = self.query_one("#labs", DataTable)
        labs = [each.lab for each in lab_progress.in_order(self.study)]
        return labs[table.cursor_row] if 0 <= table.cursor_row < len(labs) else None

    def _show_problems(self) -> None:
        problems = self.study.lab_problems
        shown = self.query_one("#lab-problems", Static)
        shown.display = bool(problems) or not self.study.labs
        shown.update("\n".join(map(str, problems[:3])) or "There are no labs here.")


def _cells(progress: LabProgress) -> list[str]:
    lab = progress.lab
    return [lab.title, f"{len(progress.passed)}/{len(lab.steps)}".rjust(5), STATES[progress.state], f"{lab.minutes:>4}"]
