"""Small pictures made of characters: bars, sparklines, a heatmap."""

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
