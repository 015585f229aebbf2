"""One figure over time: its name, what it is now, and a line of how it went."""

from collections.abc import Callable, Sequence

from textual.content import Content

from studyapp.tui.widgets.meters import spark

LABEL, VALUE = 13, 9
QUIET = "$foreground 60%"
Shown = Callable[[float], str]


def spark_row(
    label: str, values: Sequence[float | None], shown: Shown, width: int, *, most: float | None = None, style: str = ""
) -> Content:
    """A row of `width` cells; the last value in words, all of them as columns, gaps where nothing is known.

    `most` is the value of a full column; by default that of the largest.
    """
    now = values[-1] if values else None
    room = max(0, width - LABEL - VALUE - 1)
    return Content.assemble(
        (f"{label[: LABEL - 1]:{LABEL}}", QUIET),
        (f"{'–' if now is None else shown(now):>{VALUE}} ", style),
        (line(list(values)[-room:], most) if room else "", "$text-accent"),
    )


def line(values: Sequence[float | None], most: float | None = None) -> str:
    """Columns of eighths; a space where nothing is known."""
    known = [value for value in values if value is not None]
    columns = iter(spark(known, most or max(known, default=0.0)))
    return "".join(" " if value is None else next(columns) for value in values)


def milliseconds(seconds: float) -> str:
    """A latency."""
    value = seconds * 1000
    return f"{value:.1f} ms" if value < 10 else f"{value:.0f} ms"


def share(value: float) -> str:
    """A share of 0 to 1, in percent."""
    return f"{value:.1%}"
