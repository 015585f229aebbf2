"""Rules with all their times divided: an hour's window becomes a minute's, so that an afternoon shows a month's alerts.

Ranges (`[1h]`), offsets and `for` shrink; names, thresholds and rates a second stay, so a rule says the same of traffic
that goes through an incident that much faster.
"""

from __future__ import annotations

import re

UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0, "y": 31536000.0}
DURATION = r"(?:\d+(?:ms|[smhdwy]))+"
RANGE = re.compile(rf"\[\s*{DURATION}\s*(?::\s*(?:{DURATION})?\s*)?\]")
FIELD = re.compile(
    rf"((?:^|[{{,])\s*(?:for|keep_firing_for|interval):\s*[\"']?|\boffset\s+)({DURATION})\b", re.MULTILINE
)


def shortened(rules: str, factor: float) -> str:
    """The text of a rule file with each time divided by `factor`. Raises ValueError unless that is positive."""
    if not factor > 0:
        raise ValueError(f"times can be divided by a positive number, not by {factor}")

    def divided(found: re.Match[str]) -> str:
        return written(seconds(found[0]) / factor)

    rules = RANGE.sub(lambda found: re.sub(DURATION, divided, found[0]), rules)
    return FIELD.sub(lambda found: found[1] + written(seconds(found[2]) / factor), rules)


def seconds(duration: str) -> float:
    """A duration as Prometheus writes it, `1h30m`, in seconds."""
    return sum(int(number) * UNITS[unit] for number, unit in re.findall(r"(\d+)(ms|[smhdwy])", duration))


def written(time: float) -> str:
    """Seconds as a duration of Prometheus'; a millisecond at least."""
    return f"{max(1, round(time * 1000))}ms"
