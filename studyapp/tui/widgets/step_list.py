"""A lab's steps as rows: which pass, which one was checked and did not, and the brief above them."""

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from studyapp.domain.labs import Lab, LabProgress, LabStep

BRIEF = "Brief"


class StepList(OptionList):
    """The first row is the brief, then one a step."""

    def __init__(self, lab: Lab, *, id: str | None = None) -> None:
        super().__init__(Option(BRIEF), *(Option(step.title) for step in lab.steps), id=id)
        self.lab = lab
        self._failed: set[str] = set()

    @property
    def step(self) -> LabStep | None:
        """The highlighted step; None on the brief."""
        return self.lab.steps[self.highlighted - 1] if self.highlighted else None

    def go_to(self, step: LabStep | None) -> None:
        """Highlight a step, or the brief."""
        self.highlighted = self.lab.number(step) if step else 0

    def mark(self, step: LabStep, failed: bool) -> None:
        """Remember how the newest check of a step went."""
        (self._failed.add if failed else self._failed.discard)(step.id)

    def show(self, progress: LabProgress) -> None:
        """The rows as they are now."""
        for number, step in enumerate(self.lab.steps, 1):
            self.replace_option_prompt_at_index(number, self._row(step, number, step.id in progress.passed))

    def _row(self, step: LabStep, number: int, passed: bool) -> Content:
        if step.id in self._failed:
            sign = ("✗ ", "bold $text-error")
        else:
            sign = ("✓ ", "bold $text-success") if passed else ("· ", "$text-muted")
        return Content.assemble(sign, (f"{number} ", "$text-muted"), step.title)
