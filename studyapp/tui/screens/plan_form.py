"""Making a plan: the day, the minutes, the days off, the topics and what they weigh."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Checkbox, Input, Static

from studyapp.domain.plan import Plan, PlanError, parse_weights
from studyapp.study import planning
from studyapp.study.study import Study
from studyapp.tui.screens.page import Page

HELP = """\
The day as 2026-12-10; several days with spaces between. Say whether the interview is in the morning: then that day
holds no study. Days off are weekdays (`sun`) or dates. Topics and weights may stay empty: all topics, all equal.

`tab` goes from line to line, `ctrl+s` (or `enter` on a line) keeps the plan.
"""
LINES = (
    ("dates", "Interview on", "2026-12-10"),
    ("minutes", "Minutes a day", "30"),
    ("days_off", "Days off", "sun 2026-12-06"),
    ("topics", "Topics (empty: all)", "kubernetes scaling"),
    ("weights", "Weights (empty: equal)", "kubernetes=2"),
)


class PlanFormScreen(Page):
    """The lines of a plan; kept when they make one."""

    CSS_PATH = "../styles/pages.tcss"
    HELP_TEXT = HELP
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "keep", "Keep", tooltip="Study by this plan", id="form.keep", priority=True),
    ]

    def __init__(self, study: Study) -> None:
        super().__init__()
        self.study = study
        self.heading = "Make a plan"

    def body(self) -> Iterable[Widget]:
        plan = planning.active(self.study)
        body = plan.as_body() if plan else {"minutes": 30}
        with VerticalScroll(id="plan-form", can_focus=False):
            for key, label, example in LINES:
                yield Static(label, classes="muted")
                yield Input(_written(body.get(key, "")), placeholder=example, id=key, compact=True)
                if key == "dates":
                    yield Checkbox("in the morning of that day", bool(body.get("morning")), id="morning", compact=True)

    def on_mount(self) -> None:
        self.query_one("#dates").focus()

    def on_input_submitted(self) -> None:
        self.action_keep()

    def action_keep(self) -> None:
        """Study by this plan from now on, or say what is wrong with it."""
        try:
            planning.keep(self.study, self._plan())
        except PlanError as error:
            self.notify(str(error), title="Not kept yet", severity="warning", timeout=10)
            return
        self.dismiss()

    def _plan(self) -> Plan:
        typed = {key: self.query_one(f"#{key}", Input).value.replace(",", " ").split() for key, *_ in LINES}
        minutes = " ".join(typed["minutes"])
        if not minutes.isdecimal():
            raise PlanError(f"“{minutes}” is no number of minutes a day; give 30, say.")
        return Plan.from_body(
            {
                "dates": typed["dates"],
                "minutes": int(minutes),
                "morning": self.query_one("#morning", Checkbox).value,
                "days_off": typed["days_off"],
                "topics": typed["topics"],
                "weights": parse_weights(typed["weights"]),
            }
        )


def _written(value: object) -> str:
    """A value of the plan as it is typed."""
    if isinstance(value, dict):
        return " ".join(f"{topic}={weight:g}" for topic, weight in value.items())
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
