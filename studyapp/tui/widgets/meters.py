"""Small pictures made of characters: bars, sparklines, a heatmap."""

from typing import TypeVar

T = TypeVar("T")
BLOCKS = " ▁▂▃▄▅▆▇█"


def bar(share: float, width: int = 8) -> str:
    """A share of 0 to 1 as a bar with its percentage: `████···· 48%`."""
    filled = round(max(0.0, min(1.0, share)) * width)
    return f"{'━' * filled}{'·' * (width - filled)} {share:4.0%}"


def spark(values: list[float], most: float | None = None) -> str:
    """Values as columns of eighths, the largest one full."""
    top = most or max(values, default=0.0)
    if top <= 0:
        return BLOCKS[1] * len(values)
    return "".join(BLOCKS[max(1, min(8, round(value / top * 8)))] for value in values)


def columns(values: list[T], most: int) -> list[T]:
    """At most so many of the values, evenly chosen, the last one always among them."""
    if len(values) <= most:
        return values
    return [values[round(place * (len(values) - 1) / max(1, most - 1))] for place in range(most)]
