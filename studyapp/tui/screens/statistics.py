"""Statistics: the days, true retention, what is coming, calibration, scores by topic over time."""

from collections.abc import Iterable
from datetime import date
from typing import ClassVar

from textual import work
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from studyapp.study.statistics import Statistics, TopicScore, gather
from studyapp.study.study import Study
from studyapp.tui.screens.page import Page
from studyapp.tui.widgets.meters import bar, spark

WEEKS = 26
SHADES = ("·", "░", "▒", "▓", "█")
HELP = """\
**Days**: a column a week, a row a weekday, darker where more was answered.

**True retention** is the share recalled among cards last seen on an earlier day: what your memory does, beside what
you asked of it.

**Calibration**: how often answers, and predictions in labs, of each confidence were right. Far below what they
claim means overconfidence.
"""


class StatisticsScreen(Page):
    """What the log says over time."""

    CSS_PATH = "../styles/pages.tcss"
    HELP_TEXT = HELP
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, study: Study) -> None:
        super().__init__()
        self.study = study
        self.heading = "Statistics"

    def body(self) -> Iterable[Widget]:
        with VerticalScroll(id="statistics"):
            yield Static("Counting …", id="days", classes="panel")
            yield Static(id="memory", classes="panel")
            yield Static(id="forecast", classes="panel")
            yield Static(id="calibration", classes="panel")
            yield Static(id="scores", classes="panel")

    def on_mount(self) -> None:
        for part in ("days", "memory", "forecast", "calibration", "scores"):
            self.query_one(f"#{part}").border_title = part.capitalize()
        self.query_one("#statistics").focus()
        self.count()

    @work(thread=True, exclusive=True, exit_on_error=False)
    def count(self) -> None:
        """Gather off the UI thread, on a connection of its own."""
        with self.study.reader() as reader:
            self.app.call_from_thread(self.show, gather(reader))

    def show(self, stats: Statistics) -> None:
        """Fill the panels."""
        today = self.study.clock.today()
        self.query_one("#days", Static).update(_days(stats, today))
        self.query_one("#memory", Static).update(_memory(stats))
        self.query_one("#forecast", Static).update(_forecast(stats))
        self.query_one("#calibration", Static).update(_calibration(stats))
        self.query_one("#scores", Static).update(_scores(stats, self.study))
        self.aside = f"{stats.reviews} reviews · {stats.attempts} answers"


def _days(stats: Statistics, today: int) -> Content:
    """A heatmap of the last weeks, Monday on top."""
    first = today - (today - 1) % 7 - 7 * (WEEKS - 1)
    most = max((count for day, count in stats.per_day.items() if day >= first), default=0)
    rows = []
    for weekday, name in enumerate(("Mon", "   ", "Wed", "   ", "Fri", "   ", "Sun")):
        cells = []
        for week in range(WEEKS):
            day = first + 7 * week + weekday
            cells.append(" " if day > today else _shade(stats.per_day.get(day, 0), most))
        rows.append(f"{name} {' '.join(cells)}")
    total = sum(minutes for day, minutes in stats.minutes_per_day.items() if day >= first)
    days = sum(day >= first for day in stats.per_day)
    mean = f", {total / days:.0f} min on each" if days else ""
    studied = f"{days} day{'' if days == 1 else 's'} studied"
    rows.append(f"since {date.fromordinal(first):%d %b}: {studied}{mean}")
    return Content("\n".join(rows))


def _shade(count: int, most: int) -> str:
    if not count:
        return SHADES[0]
    return SHADES[min(4, 1 + int(3.999 * count / most))]


def _memory(stats: Statistics) -> Content:
    if not stats.retention.reviews:
        return Content("No card has come back on a later day yet.")
    whole, month = stats.retention, stats.retention_month
    lines = [f"all      {bar(whole.share, 20)}  of {whole.reviews}"]
    if month.reviews:
        lines.append(f"30 days  {bar(month.share, 20)}  of {month.reviews}")
    return Content("\n".join(["recalled among cards last seen on an earlier day", *lines]))


def _forecast(stats: Statistics) -> Content:
    coming = stats.forecast
    tomorrow = coming[1] if len(coming) > 1 else 0
    line = spark([float(count) for count in coming])
    said = f"due today {coming[0]}, tomorrow {tomorrow}, within {len(coming)} days {sum(coming)}"
    return Content(f"{line}\n{said}")


def _calibration(stats: Statistics) -> Content:
    if not stats.calibration:
        return Content("No question answered yet.")
    names = {1: "guess", 2: "likely", 3: "certain"}
    lines = [
        f"{names[row.confidence]:8} {bar(row.right, 20)} right of {row.count:<4} claimed {row.claimed:.0%}"
        for row in stats.calibration
    ]
    if stats.predicted.count:
        lines.append(f"of these, {stats.predicted.count} predictions in labs, {stats.predicted.share:.0%} right")
    return Content("\n".join(lines))


def _scores(stats: Statistics, study: Study) -> Content:
    by_topic: dict[str, list[TopicScore]] = {}
    for score in stats.scores:
        by_topic.setdefault(score.topic, []).append(score)
    if not by_topic:
        return Content("No question answered yet.")
    lines = ["marks by week, the latest last and in figures"]
    for slug, topic in study.library.topics.items():
        if weeks := by_topic.get(slug):
            line = spark([week.share for week in weeks[-12:]], most=1.0)
            lines.append(f"{topic.title:26.26} {line:12} {weeks[-1].share:4.0%} of {weeks[-1].answers}")
    return Content("\n".join(lines))
