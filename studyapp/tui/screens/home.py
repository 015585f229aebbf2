"""Home: the ten topics, what to do today, one key to begin."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Static

from studyapp.domain.durations import spoken
from studyapp.tui.messages import LibraryLoaded
from studyapp.tui.screens.page import Page

if TYPE_CHECKING:  # imported by what needs them, after the first paint
    from textual.widgets import DataTable

    from studyapp.study.overview import Today
    from studyapp.study.study import Study

HELP = """\
The ten topics of the interview, and what today asks of you.

**Due** are cards whose time has come, **new** are cards you have not seen. **Recall** is the share of a topic's
cards that you would remember right now (unseen counts nothing), **mastery** the share of its quiz questions that
you answered rightly the last time.

`r` begins today's session over all topics; `enter` opens a topic. **Lab** counts the steps that pass; `l` lists the
labs.
"""


class HomeScreen(Page):
    """Where every evening begins."""

    HELP_TEXT = HELP
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "app.review", "Review", tooltip="Today's session over all topics", id="home.review"),
        Binding("z", "app.quiz", "Quiz", tooltip="Choose a quiz", id="home.quiz"),
        Binding("i", "app.interview", "Interview", tooltip="A mock interview", id="home.interview"),
        Binding("l", "app.labs", "Labs", tooltip="Build, launch and break a service", id="home.labs"),
        Binding("p", "app.plan", "Plan", tooltip="Study towards the day of the interview", id="home.plan"),
        Binding("b,slash", "app.browse", "Browse", tooltip="Find any card, question or note", id="home.browse"),
        Binding("s", "app.statistics", "Stats", tooltip="Days, retention, forecast", id="home.statistics"),
        Binding(
            "f", "app.reference", "Facts", tooltip="Key numbers, checklist, craft", id="home.reference", show=False
        ),
        Binding(
            "comma", "app.settings", "Settings", tooltip="Limits, retention, theme", id="home.settings", show=False
        ),
        Binding("q", "app.quit", "Quit", tooltip="Leave; everything is saved already", id="home.quit", show=False),
        Binding("escape", "nothing", show=False, id="home.stay"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.heading = "studyapp"
        self._loaded = False

    @property
    def study(self) -> "Study":
        """The study, once the app has opened it."""
        return self.rooms.study

    def body(self) -> Iterable[Widget]:
        yield Static("Reading the content …", id="today")
        yield Static("", id="notices", markup=False)

    @on(LibraryLoaded)
    async def show_library(self) -> None:
        """Fill in the numbers, once the content is there; the table comes with them, after the first paint."""
        if not self._loaded:
            from studyapp.tui.widgets.topic_table import TopicTable

            table = TopicTable()
            await self.mount(table, before="#notices")
            table.focus()
            self._loaded = True
        self.show_numbers()

    def on_screen_resume(self) -> None:
        if self._loaded:
            self.show_numbers()

    def show_numbers(self) -> None:
        """Everything that a session may have changed."""
        from studyapp.study import overview
        from studyapp.tui.widgets.topic_table import TopicTable

        rows = overview.topic_rows(self.study)
        self.query_one(TopicTable).show(rows)
        today = overview.today(self.study, rows)
        self.query_one("#today", Static).update(self._invitation(today))
        self.aside = f"streak {today.streak} day{'' if today.streak == 1 else 's'}" if today.streak else ""
        self._show_notices()

    def on_data_table_row_selected(self, event: "DataTable.RowSelected") -> None:
        """Enter on a topic."""
        self.rooms.open_topic(str(event.row_key.value))

    def action_nothing(self) -> None:
        """Escape stays here: home is where back ends."""

    def _invitation(self, today: "Today") -> str:
        if today.due or today.new:
            asked = [f"[b]{today.due}[/b] due" if today.due else "", f"[b]{today.new}[/b] new" if today.new else ""]
            done = f"  [dim]{today.reviewed + today.introduced} done today[/dim]" if today.studied_today else ""
            return f"Today: {' and '.join(filter(None, asked))}. Press [b]r[/b] to begin.{done}"
        if not self.study.library.prompts:
            return "There are no cards to study. See below, or run `studyapp content check`."
        from studyapp.study.reviewing import next_due

        due = next_due(self.study)
        when = f"Next due in {spoken(max(0, due - self.study.clock.now()))}." if due else ""
        return f"Nothing is due. {when} [b]z[/b] takes a quiz, [b]r[/b] practises without moving the schedule."

    def _show_notices(self) -> None:
        from studyapp.study import overview

        lines = []
        problems = self.study.library.problems
        if problems:
            more = f" and {len(problems) - 1} more" if len(problems) > 1 else ""
            lines.append(f"Content: {problems[0]}{more} (studyapp content check)")
        if gone := overview.orphans(self.study):
            many = f"{len(gone)} reviewed cards are" if len(gone) > 1 else "1 reviewed card is"
            lines.append(f"{many} gone from the content ({gone[0]}): give the id back or list it under `retired`.")
        notices = self.query_one("#notices", Static)
        notices.update("\n".join(lines))
        notices.display = bool(lines)
