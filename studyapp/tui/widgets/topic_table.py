"""The topics as a table: due, new, recall, mastery, lab."""

from textual.widgets import DataTable

from studyapp.domain.labs import LabProgress, LabState
from studyapp.study.overview import TopicRow
from studyapp.tui.widgets.meters import bar

COLUMNS = (("Topic", 24), ("Due", 4), ("New", 4), ("Recall", 14), ("Mastery", 14), ("Lab", 5))


class TopicTable(DataTable[str]):
    """One row a topic; its key is the topic's slug."""

    def __init__(self) -> None:
        super().__init__(id="topics", cursor_type="row")

    def on_mount(self) -> None:
        for label, width in COLUMNS:
            self.add_column(label, width=width, key=label.lower())

    def show(self, rows: list[TopicRow]) -> None:
        """These rows, the cursor where it was."""
        cursor = self.cursor_row
        self.clear()
        for row in rows:
            self.add_row(*_cells(row), key=row.topic.slug)
        self.move_cursor(row=cursor)


def _cells(row: "TopicRow") -> list[str]:
    return [
        row.topic.title,
        f"{row.due:>4}" if row.due else "   ·",
        f"{row.new:>4}" if row.new else "   ·",
        bar(row.recall),
        bar(row.mastery),
        _lab(row.lab_state),
    ]


def _lab(lab: LabProgress | None) -> str:
    """Steps passed of a lab, a tick when it is done, a dash where there is none."""
    if lab is None:
        return "–"
    return "✓" if lab.state is LabState.DONE else f"{len(lab.passed)}/{len(lab.lab.steps)}"
