"""A topic: what an interviewer asks, its notes section by section, and ways to practise it."""

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from studyapp.domain.topics import Topic
from studyapp.study.study import Study
from studyapp.tui.screens.page import Page
from studyapp.tui.widgets.prose import Prose

HELP = """\
The notes of one topic, a short section each: read before you let the cards ask.

`r` reviews what is due in this topic, `p` practises all its cards without moving the schedule, `z` takes a quiz on
it, `i` is a mock interview.
"""


class TopicScreen(Page):
    """One of the ten topics."""

    CSS_PATH = "../styles/pages.tcss"
    HELP_TEXT = HELP
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "review(False)", "Review", tooltip="What is due in this topic", id="topic.review"),
        Binding("p", "review(True)", "Practise", tooltip="All its cards; the schedule stays", id="topic.practise"),
        Binding("z", "quiz", "Quiz", tooltip="A quiz on this topic", id="topic.quiz"),
        Binding("i", "interview", "Interview", tooltip="A mock interview on this topic", id="topic.interview"),
        Binding("l", "lab", "Lab", tooltip="The lab of this topic", id="topic.lab"),
        Binding("b", "browse", "Browse", tooltip="Its cards and questions", id="topic.browse"),
    ]

    def __init__(self, study: Study, slug: str, section: str = "") -> None:
        super().__init__()
        self.study = study
        self.topic: Topic = study.library.topics[slug]
        self.section = section
        self.heading = self.topic.title
        self.aside = f"{len(self.topic.cards)} cards · {len(self.topic.questions)} questions"

    def body(self) -> Iterable[Widget]:
        with Horizontal(id="topic"):
            yield OptionList(*self._titles(), id="sections")
            with VerticalScroll(id="section"):
                yield Prose(id="section-text")

    def on_mount(self) -> None:
        sections = self.query_one("#sections", OptionList)
        slugs = [section.slug for section in self.topic.sections]
        sections.highlighted = slugs.index(self.section) + 1 if self.section in slugs else 0
        sections.focus()

    @on(OptionList.OptionHighlighted)
    def show_section(self, event: OptionList.OptionHighlighted) -> None:
        """The text of the highlighted section; the first row is the topic itself."""
        if event.option_index == 0:
            text = f"## {self.topic.title}\n\n> {self.topic.prompt}\n\n{self.topic.summary}"
        else:
            section = self.topic.sections[event.option_index - 1]
            text = f"## {section.title}\n\n{section.text}"
        self.query_one("#section-text", Prose).text = text
        self.query_one("#section").scroll_home(animate=False)

    @on(OptionList.OptionSelected)
    def read_section(self) -> None:
        """Enter goes into the text, so that long sections scroll."""
        self.query_one("#section").focus()

    def action_review(self, practice: bool) -> None:
        """Review or practise this topic alone."""
        self.rooms.action_review(self.topic.slug, practice)

    def action_quiz(self) -> None:
        """Set up a quiz with this topic ticked."""
        self.rooms.action_quiz(self.topic.slug)

    def action_interview(self) -> None:
        """The interview questions of this topic."""
        self.rooms.action_interview(self.topic.slug)

    def action_lab(self) -> None:
        """The lab of this topic."""
        self.rooms.open_lab(self.topic.lab)

    def action_browse(self) -> None:
        """Everything of this topic."""
        self.rooms.action_browse(self.topic.slug)

    def _titles(self) -> Iterable[Option]:
        yield Option("In short")
        for section in self.topic.sections:
            yield Option(section.title)
