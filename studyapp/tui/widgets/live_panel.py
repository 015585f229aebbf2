"""The running service at a glance: traffic, latencies, errors, hits, who answered how, drift, replicas."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from studyapp.runner.metrics import Figures
from studyapp.study.lab_session import Phase, Reading
from studyapp.tui.widgets.spark_row import QUIET, line, milliseconds, share, spark_row

SHIFTED = 0.25  # a population stability index from which on a shift counts as major
SLOW = 0.3  # seconds: the service's own limit for an answer
STOPPED = "The service is not running. l starts it with your code in it."
Readings = Sequence[Reading]


class LivePanel(Widget):
    """Rows of figures with sparklines; it only shows what it is given."""

    DEFAULT_CSS = "LivePanel { height: auto; }"
    phase = reactive(Phase.STOPPED, layout=True)
    said = reactive("")

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._readings: list[Reading] = []
        self._url = ""

    def show(self, phase: Phase, readings: Iterable[Reading], url: str) -> None:
        """The newest readings, oldest first."""
        self._readings, self._url = list(readings), url
        self.phase = phase
        self.refresh(layout=True)

    def render(self) -> Content:
        return Content("\n").join(self.rows(self.content_size.width or 60))

    def rows(self, width: int) -> list[Content]:
        """Everything that is known, a row each."""
        if self.phase is not Phase.RUNNING:
            waiting = {Phase.STARTING: f"Starting … {self.said}", Phase.STOPPING: "Stopping …"}
            return [Content(waiting.get(self.phase, STOPPED))]
        return [*self._traffic(), *_rows([each.figures for each in self._readings], width)]

    def _traffic(self) -> Iterable[Content]:
        if not self._readings:
            yield Content.assemble(("● ", "$text-success"), self._url)
            return
        sent = self._readings[-1].sent
        yield Content.assemble(("● ", "$text-success"), f"{self._url}  ", ("documentation at /docs", QUIET))
        counts = f"sent {sent.sent}  answered {sent.answered}  "
        lost = f"refused {sent.refused}  failed {sent.failed + sent.dropped}"
        style = "$text-error" if sent.refused + sent.failed + sent.dropped else ""
        yield Content.assemble((f"{'traffic':13}", QUIET), f"{sent.rate:g}/s  {counts}", (lost, style))


def _rows(figures: Sequence[Figures | None], width: int) -> Iterable[Content]:
    now = next((each for each in reversed(figures) if each is not None), None)
    if now is None:
        yield Content("reading its metrics …")
        return

    def row(
        label: str, of: Callable[[Figures], float | None], shown: Callable[[float], str], most: float | None = None,
        bad: Callable[[float], bool] = lambda value: False,
    ) -> Content:  # fmt: skip
        values = [None if each is None else of(each) for each in figures]
        worst = bool(values) and values[-1] is not None and bad(values[-1])
        return spark_row(label, values, shown, width, most=most, style="bold $text-error" if worst else "bold")

    yield row("requests/s", lambda each: each.requests_per_second, "{:.1f}".format)
    yield row("p50", lambda each: each.p50, milliseconds)
    yield row("p95", lambda each: each.p95, milliseconds, bad=lambda value: value > SLOW)
    yield row("p99", lambda each: each.p99, milliseconds, bad=lambda value: value > SLOW)
    yield row("errors", lambda each: each.error_rate, share, 1.0, bad=lambda value: value > 0)
    yield row("cache hits", lambda each: each.hit_rate, share, 1.0)
    for name in _names(figures, lambda each: each.strategies):
        yield row(name, lambda each, name=name: each.strategies.get(name), share, 1.0)  # type: ignore[misc]
    for name in _names(figures, lambda each: each.variants):
        yield row(name, lambda each, name=name: each.variants.get(name), share, 1.0)  # type: ignore[misc]
    yield from _drift(now, figures, width)
    if now.replicas:
        states = "  ".join(f"{count} {state}" for state, count in now.replicas.items())
        yield Content.assemble((f"{'replicas':13}", QUIET), states)


def _drift(now: Figures, figures: Sequence[Figures | None], width: int) -> Iterable[Content]:
    """The score of each feature, two to a row."""
    cells = [
        Content.assemble(
            (f"{name[:12]:13}", QUIET),
            (f"{score:5.2f} ", "bold $text-error" if score > SHIFTED else "bold"),
            (
                line([None if each is None else each.drift.get(name) for each in figures][-8:], None).ljust(8),
                "$text-accent",
            ),
        )
        for name, score in now.drift.items()
    ]
    if cells:
        yield Content.styled("drift (PSI, above 0.25 is a major shift)", QUIET)
    columns = 2 if width >= 2 * 28 else 1
    for start in range(0, len(cells), columns):
        yield Content("  ").join(cells[start : start + columns])


def _names(figures: Sequence[Figures | None], of: Callable[[Figures], Mapping[str, float]]) -> list[str]:
    """Every name that occurred lately, in order."""
    return sorted({name for each in figures if each is not None for name, value in of(each).items() if value})
