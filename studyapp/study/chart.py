"""Series of numbers as columns of text."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

EIGHTHS = " ▁▂▃▄▅▆▇█"
WIDTH = 60
AXIS = 12  # cells of the labels before a plot
HEIGHT = 6


def charts(series: Mapping[str, Sequence[float]], width: int = WIDTH) -> list[str]:
    """A small plot of each series below its name, of at most `width` columns behind the labels of the axis.

    All are on one scale, which starts at 0 or at what lies below it.
    """
    values = [value for each in series.values() for value in each]
    low, high = min(values, default=0.0), max(values, default=0.0)
    low = min(low, 0.0)
    return [line for name, each in series.items() if each for line in (name, *_plot(each, low, high, width))]


def _plot(values: Sequence[float], low: float, high: float, width: int) -> list[str]:
    columns = _columns(values, width)
    span = high - low or 1.0
    filled = [round((value - low) / span * HEIGHT * 8) for value in columns]
    lines = []
    for row in reversed(range(HEIGHT)):
        label = f"{high:9.4g}" if row == HEIGHT - 1 else f"{low:9.4g}" if row == 0 else " " * 9
        lines.append(f"{label} │{''.join(EIGHTHS[min(8, max(0, each - 8 * row))] for each in filled)}")
    return lines


def _columns(values: Sequence[float], width: int) -> list[float]:
    """At most `width` values, each the mean of its part."""
    if len(values) <= width:
        repeat = width // len(values)
        return [value for value in values for _ in range(repeat)]
    edges = [round(index * len(values) / width) for index in range(width + 1)]
    return [sum(values[a:b]) / (b - a) for a, b in pairwise(edges)]
