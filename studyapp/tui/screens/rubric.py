"""Marking an answer of one's own: the points of the rubric, those proposed ticked, beside the words that matched."""

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Footer, OptionList, Static

from studyapp.domain.questions import RubricPoint
from studyapp.domain.rubric import Proposal
from studyapp.study.study import Study
from studyapp.tui.widgets.matched import evidence, marked, seen_from
from studyapp.tui.widgets.points import PointList
from studyapp.tui.widgets.prose import Prose

ASKED = "Which of these did it say? space ticks, enter is done, tab reads"


class RubricScreen(ModalScreen[frozenset[int] | None]):
    """Which points of a rubric an answer made; dismissed with their indices, or None when it is left."""

    CSS_PATH = "../styles/quiz.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "done", "Done", tooltip="Mark the answer", id="rubric.done", priority=True),
        Binding("question_mark,f1", "app.explain", "Help", tooltip="What is asked here", id="rubric.help"),
        Binding("escape", "dismiss(None)", "Back", tooltip="Back to the answer", id="rubric.back"),
    ]
    HELP_TEXT = """\
The points that a strong answer makes. Those whose words were found in your answer are ticked; `?` stands before those
that are doubtful, next to a negation or by a common word alone. You have the last word: `space` ticks and unticks. The
words that matched are underlined in your answer, those of the highlighted point are inverted.
"""

    def __init__(self, study: Study, rubric: tuple[RubricPoint, ...], model_answer: str, text: str) -> None:
        super().__init__()
        self.study = study
        self.rubric = rubric
        self.model_answer = model_answer
        self.text = text
        self.proposals: tuple[Proposal, ...] = ()

    def compose(self) -> ComposeResult:
        with Vertical(id="rubric", classes="panel"):
            yield Static("Looking for the points …", id="asked", classes="muted")
            yield PointList()
            yield Static(id="evidence")
            with VerticalScroll(id="read"):
                yield Static(self.text or "Nothing was written.", id="written", markup=False)
                yield Static("A model answer", classes="muted")
                yield Prose(self.model_answer)
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        self.look()

    @work(thread=True, exclusive=True)
    def look(self) -> None:
        """Find the points off the UI thread."""
        from studyapp.study.rubric_matching import propose
        from studyapp.study.wording import Lexicon

        proposals = propose(self.rubric, self.text, Lexicon.of(self.study.library))
        self.app.call_from_thread(self.show, proposals)

    def show(self, proposals: tuple[Proposal, ...]) -> None:
        """The points, those that were found ticked."""
        self.proposals = proposals
        self.query_one("#asked", Static).update(ASKED)
        points = self.query_one(PointList)
        points.offer(self.rubric, proposals)
        points.focus()

    @on(OptionList.OptionHighlighted)
    def show_evidence(self, event: OptionList.OptionHighlighted) -> None:
        """Which words speak for the highlighted point, and where they stand."""
        chosen = self.proposals[event.option_index]
        self.query_one("#evidence", Static).update(evidence(chosen))
        if self.text:
            written = self.query_one("#written", Static)
            written.update(marked(self.text, self.proposals, chosen))
            width = written.content_size.width or 70
            self.query_one("#read").scroll_to(y=seen_from(self.text, chosen, width), animate=False)

    def action_done(self) -> None:
        """Hand back the ticked points, once they are there to be ticked."""
        if self.proposals:
            self.dismiss(self.query_one(PointList).made)
