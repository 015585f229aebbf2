"""Lines as a terminal shows them: the newest below, a bounded number kept, written in batches."""

import re
from collections import deque
from enum import StrEnum

from rich.text import Text
from textual.events import Resize
from textual.timer import Timer
from textual.widgets import RichLog

MOST_LINES = 500
BATCH_SECONDS = 0.08
HANGING = re.compile(r" *(?:[✓✗→·] |should: |service: |(?:expected|got|printed|hint) +)?")


class Tone(StrEnum):
    """How a line is meant; the theme says what it looks like."""

    PLAIN = ""
    QUIET = "text-muted"
    HEAD = "text-primary"
    GOOD = "text-success"
    BAD = "text-error"
    WARN = "text-warning"


class Output(RichLog):
    """What checks, the service and scenarios say."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, max_lines=4 * MOST_LINES, min_width=0, wrap=True)
        self.said: deque[tuple[str, Tone]] = deque(maxlen=MOST_LINES)
        self._waiting: list[tuple[str, Tone]] = []
        self._soon: Timer | None = None
        self._width = 0

    @property
    def text(self) -> str:
        """All lines that are kept, those included that are about to be shown."""
        return "\n".join(line for line, _ in (*self.said, *self._waiting))

    def say(self, text: str, tone: Tone = Tone.PLAIN) -> None:
        """Add lines at the end, in a moment, with those that follow within that moment."""
        self._waiting += [(line, tone) for line in text.rstrip().split("\n")]
        if self._soon is None:
            self._soon = self.set_timer(BATCH_SECONDS, self.flush)

    def flush(self) -> None:
        """Show what waits."""
        waiting, self._waiting, self._soon = self._waiting[-MOST_LINES:], [], None
        self.said.extend(waiting)
        follows = not self.has_focus or self.is_vertical_scroll_end  # who scrolls back in it, reads
        for line, tone in waiting:
            self.write(self._styled(line, tone), scroll_end=follows)

    def on_resize(self, event: Resize) -> None:
        """Wrap the lines anew where the width has changed: a log wraps them once, when they are written."""
        self.call_after_refresh(self.scroll_end, animate=False)
        if event.size.width and event.size.width != self._width:
            if self._width:
                self.clear()
                for line, tone in self.said:
                    self.write(self._styled(line, tone))
            self._width = event.size.width

    def _styled(self, line: str, tone: Tone) -> Text:
        """The line in its tone; what goes on in a next line begins where its words do."""
        width = self.scrollable_content_region.width or 80
        hang = len(HANGING.match(line)[0])  # type: ignore[index]
        style = self._style(tone)
        if hang >= width // 2 or len(line) <= width:
            return Text(line, style=style, overflow="fold")
        rows = Text(line[hang:]).wrap(self.app.console, width - hang)
        words = f"\n{' ' * hang}".join(row.plain.rstrip() for row in rows)
        return Text(line[:hang] + words, style=style, overflow="fold")

    def _style(self, tone: Tone) -> str:
        if tone is Tone.QUIET:
            return "dim"
        colour = self.app.theme_variables.get(tone.value, "") if tone else ""
        return f"bold {colour}" if tone is Tone.HEAD else colour
