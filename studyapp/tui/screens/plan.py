"""The interview plan: what today asks for, where it leads, and how ready each topic is."""

from collections.abc import Iterable
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from studyapp.domain.projection import ProjectedDay
from studyapp.domain.readiness import Readiness
from studyapp.study import plan_words, planning
from studyapp.study.plan_status import Status, status
from studyapp.study.study import Study
from studyapp.tui.screens.page import Page
from studyapp.tui.widgets.meters import bar, columns, spark

PARTS = ("plan", "forecast", "readiness")
MADE_OF = {"recall": "recall", "quiz": "quiz", "labs": "labs", "interviews": "mock"}
HELP = """\
Give the day of the interview and the minutes you have: each day then asks for as many new cards and reviews as
bring the most recall on that day. Sessions (`r` on the home screen) follow the plan.

**Forecast** shows the mean recall over all cards to the day: kept to the plan, with today left out, and without
another review; below it the minutes of cards a day and how many cards are still unseen.

**Readiness** is made of the recall expected at the interview, quiz marks (weighed by how your confidence has held),
labs and *mock* interviews; the interval beside it says how sure that is.

`e` makes or changes the plan, `c` clears it.
"""


class PlanScreen(Page):
    """The plan today."""

    CSS_PATH = "../styles/pages.tcss"
    HELP_TEXT = HELP
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "app.review", "Review", tooltip="Today's session, by the plan", id="plan.review"),
        Binding("e", "edit", "Make or change", tooltip="Dates, minutes, days off, topics", id="plan.edit"),
        Binding("c", "clear", "Clear", tooltip="Back to ordinary scheduling", id="plan.clear"),
    ]

    def __init__(self, study: Study) -> None:
        super().__init__()
        self.study = study
        self.heading = "Interview plan"

    def body(self) -> Iterable[Widget]:
        with VerticalScroll(id="plan-page"):
            for part in PARTS:
                yield Static("Working it out …" if part == "plan" else "", id=part, classes="panel", markup=False)

    def on_mount(self) -> None:
        for part in PARTS:
            self.query_one(f"#{part}").border_title = part.capitalize()
        self.query_one("#plan-page").focus()

    def on_screen_resume(self) -> None:
        self.work_out()

    @work(thread=True, exclusive=True, exit_on_error=False)
    def work_out(self) -> None:
        """Follow the plan to its end off the UI thread, on a connection of its own."""
        with self.study.reader() as reader:
            self.app.call_from_thread(self.show, status(reader))

    def show(self, now: Status | None) -> None:
        """Fill the panels, or say how to begin."""
        for part in PARTS[1:]:
            self.query_one(f"#{part}").display = now is not None
        plan = self.query_one("#plan", Static)
        if now is None:
            plan.update("There is no plan yet. Press e and give the day of your interview.")
            return
        plan.update("\n\n".join("\n".join(part(now)) for part in (plan_words.heading, plan_words.today)))
        self.query_one("#forecast", Static).update(_forecast(now))
        self.query_one("#readiness", Static).update(_readiness(now, self.study))

    def action_edit(self) -> None:
        """Make a plan, or change the one there is."""
        from studyapp.tui.screens.plan_form import PlanFormScreen

        self.app.push_screen(PlanFormScreen(self.study))

    def action_clear(self) -> None:
        """Go back to ordinary scheduling."""
        cleared = planning.clear(self.study)
        self.notify("The plan is cleared; cards go back to their ordinary dates." if cleared else "There is no plan.")
        self.work_out()


def _forecast(now: Status) -> Content:
    """Recall to the date in three courses, minutes a day and unseen cards, a column a day."""
    kept, skipped = now.projection, now.left_out
    room = min(60, max(1, len(kept.days)))
    days = columns(list(kept.days), room)
    later = columns(list(skipped.days), max(1, room - (len(kept.days) - len(skipped.days))))
    lines = [
        _row("by the plan", _recall(days), f"{kept.at_interview:.0%} at the interview"),
        _row("without today", " " * (room - len(later)) + _recall(later), f"{skipped.at_interview:.0%}"),
        _row("no more study", spark([day.idle for day in days], most=1.0), f"{kept.idle:.0%}"),
        _row(
            "minutes a day",
            spark([day.minutes for day in days]),
            f"{max((d.minutes for d in days), default=0):.0f} at most",
        ),
        _row(
            "unseen cards", spark([float(day.unseen) for day in days]), f"{days[-1].unseen if days else 0} at the end"
        ),
    ]
    return Content("\n".join([*lines, "", *plan_words.prospect(now)[1:]]))


def _recall(days: list[ProjectedDay]) -> str:
    return spark([day.recall for day in days], most=1.0)


def _row(name: str, picture: str, said: str) -> str:
    return f"{name:14} {picture}  {said}"


def _readiness(now: Status, study: Study) -> Content:
    rows = [f"{'':44}{''.join(f'{name:>7}' for name in MADE_OF.values())}", _ready("in all", now.ready.overall)]
    for slug, one in now.ready.topics.items():
        rows.append(_ready(study.library.topics[slug].title, one))
    return Content("\n".join(rows))


def _ready(name: str, one: Readiness) -> str:
    values = {part.name: f"{part.value:.0%}" for part in one.parts}
    made_of = "".join(f"{values.get(part, ''):>7}" for part in MADE_OF)
    return f"{name:18.18} {bar(one.value)} {f'({one.low:.0%}-{one.high:.0%})':>11}{made_of}".rstrip()
