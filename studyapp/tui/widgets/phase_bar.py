"""The phases of an interview as one bar on which the time moves."""

from collections.abc import Sequence
from itertools import accumulate, pairwise

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from studyapp.domain.interviews import Phase
from studyapp.domain.mock_interview import MINUTE_MS, place


class PhaseBar(Widget):
    """Two lines: the names of the phases, each as wide as it is long, and how much of them has passed."""

    DEFAULT_CSS = "PhaseBar { height: 2; width: 1fr; }"
    elapsed = reactive(0)

    def __init__(self, outline: Sequence[Phase]) -> None:
        super().__init__()
        self.outline = outline

    def render(self) -> Content:
        width = self.content_size.width or 78
        now = place(self.outline, self.elapsed).phase
        whole = sum(phase.minutes for phase in self.outline)
        names = [
            Content.styled(_fitted(phase, room), "bold $text-accent" if index == now else "$text-muted")
            for index, (phase, room) in enumerate(zip(self.outline, widths(self.outline, width), strict=True))
        ]
        passed = min(width, round(self.elapsed / (whole * MINUTE_MS) * width))
        bar = Content.assemble(("━" * passed, "$text-accent"), ("─" * (width - passed), "$text-muted"))
        return Content("").join(names) + Content("\n") + bar


def widths(outline: Sequence[Phase], width: int) -> list[int]:
    """How many cells each phase takes of a bar of `width` cells."""
    whole = sum(phase.minutes for phase in outline)
    ends = accumulate((phase.minutes for phase in outline), initial=0)
    return [round(end / whole * width) - round(start / whole * width) for start, end in pairwise(ends)]


def _fitted(phase: Phase, room: int) -> str:
    """The name and minutes of a phase cut to its room, with a space before the next."""
    text = f"{phase.phase} {phase.minutes}"
    shown = text if len(text) < room else phase.phase
    return (shown if len(shown) < room else f"{shown[: max(0, room - 2)]}…").ljust(room)[:room]
