"""Stretches of time as a person says them."""

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def spoken(ms: int) -> str:
    """A stretch in its largest sensible unit: `<1 m`, `10 m`, `3 h`, `4 d`, `2.5 mo`, `1.2 y`."""
    if ms < MINUTE:
        return "<1 m"
    if ms < HOUR:
        return f"{round(ms / MINUTE)} m"
    if ms < DAY:
        return f"{round(ms / HOUR)} h"
    days = ms / DAY
    if days < 31:
        return f"{round(days)} d"
    if days < 365:
        return f"{days / 30.4:.1f} mo"
    return f"{days / 365:.1f} y"


def clocked(ms: int) -> str:
    """A stretch as minutes and seconds: `3:05`."""
    seconds = max(0, ms) // 1000
    return f"{seconds // 60}:{seconds % 60:02d}"
