"""The points of a rubric as rows to tick, doubtful proposals with a question mark."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from studyapp.domain.questions import RubricPoint
from studyapp.domain.rubric import Proposal, Standing, found
from studyapp.tui.widgets.prose import inline


class PointList(OptionList):
    """Ticks are a sign and not a colour alone, so that they can be read everywhere."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "tick", "Tick", tooltip="The answer makes this point, or does not", id="points.tick"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.made: frozenset[int] = frozenset()
        self._rows: list[tuple[RubricPoint, Proposal]] = []

    def offer(self, rubric: Sequence[RubricPoint], proposals: Sequence[Proposal]) -> None:
        """Show the points, those that were found ticked."""
        self.made = found(proposals)
        self._rows = list(zip(rubric, proposals, strict=True))
        self.add_options([Option(self._row(index)) for index in range(len(self._rows))])
        self.highlighted = 0

    def action_tick(self) -> None:
        """Tick the highlighted point, or take the tick away."""
        if self.highlighted is not None:
            self.made ^= {self.highlighted}
            self.replace_option_prompt_at_index(self.highlighted, self._row(self.highlighted))

    def _row(self, index: int) -> Content:
        point, proposal = self._rows[index]
        ticked = index in self.made
        doubt = "? " if proposal.standing is Standing.DOUBTFUL else ""
        sign = ("☑ " if ticked else "☐ ", "bold $text-success" if ticked else "$text-muted")
        return Content.assemble(sign, (doubt, "bold $text-warning"), inline(point.point))
