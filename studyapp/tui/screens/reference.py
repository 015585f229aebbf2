"""Key numbers, the checklist with its ticks, interview craft, and what to hold on to when all else is forgotten."""

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import SelectionList, Static, TabbedContent, TabPane
from textual.widgets.selection_list import Selection

from studyapp.domain.topics import Entry, Group
from studyapp.study import checklist
from studyapp.study.study import Study
from studyapp.tui.screens.page import Page
from studyapp.tui.widgets.prose import Prose, inline

TITLES = {
    "key-numbers": "Key numbers",
    "checklist": "Checklist",
    "interview-craft": "Interview craft",
    "essentials": "If you forget everything",
}
HELP = """\
Four pages to look things up in. `left` and `right` on the tabs go from page to page, `tab` goes into one.

On the checklist `space` ticks a line; the ticks stay.
"""


class ReferenceScreen(Page):
    """The pages beside the topics."""

    CSS_PATH = "../styles/pages.tcss"
    HELP_TEXT = HELP
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, study: Study) -> None:
        super().__init__()
        self.study = study
        self.heading = "Reference"

    def body(self) -> Iterable[Widget]:
        pages = self.study.library.reference.pages
        if not pages:
            yield Static("There are no reference pages in the content.", classes="muted")
            return
        with TabbedContent(id="pages"):
            for name, groups in pages.items():
                with TabPane(TITLES.get(name, name), id=name), VerticalScroll():
                    yield from self._checklist(groups) if name == "checklist" else _prose(groups)

    @on(SelectionList.SelectionToggled)
    def tick(self, event: SelectionList.SelectionToggled[str]) -> None:
        """Keep a tick at once."""
        checklist.toggle(self.study, event.selection.value)

    def _checklist(self, groups: tuple[Group, ...]) -> Iterable[Widget]:
        ticked = checklist.ticked(self.study)
        for group in groups:
            yield Static(group.title, classes="group-title", markup=False)
            rows = (Selection(_tick_line(entry), entry.id, entry.id in ticked) for entry in group.entries)
            yield SelectionList[str](*rows)


def _prose(groups: tuple[Group, ...]) -> Iterable[Widget]:
    """A widget a group, so that long pages mount in small pieces."""
    for group in groups:
        yield Static(group.title, classes="group-title", markup=False)
        yield Prose("\n".join(_entry(entry) for entry in group.entries))


def _entry(entry: Entry) -> str:
    said = f"**{entry.title}**: {entry.text}" if entry.title and entry.text else entry.title or entry.text
    note = f" — *{entry.note}*" if entry.note else ""
    dated = f" (as of {entry.as_of})" if entry.as_of else ""
    return f"- {said}{note}{dated}"


def _tick_line(entry: Entry) -> Content:
    return Content.assemble(inline(entry.title), (f"  {entry.note}" if entry.note else "", "dim"))
