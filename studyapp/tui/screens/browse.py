"""Everything there is, found by a few words, with what happened to it so far."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from studyapp.domain.events import EventKind
from studyapp.domain.review import PromptState
from studyapp.study import quizzing
from studyapp.study.history import describe, shown_prompts
from studyapp.study.reviewing import ReviewSession
from studyapp.study.search import Findable, everything, find
from studyapp.study.study import Study
from studyapp.tui.screens.page import Page
from studyapp.tui.widgets.prose import Prose, inline

SHOWN = 200
PAUSE = 0.12
SIGNS = {"card": "card", "question": "quiz", "interview": "mock", "notes": "note", "reference": "fact"}
HELP = """\
Type a few words; spelling may be off. A topic's slug lists all of that topic. `flagged`, `suspended` and `leech`
list those cards. What is found is a card, a quiz question, a mock interview, a note or a fact.

`down` or `enter` goes into the list. There `enter` asks the card or question now (practice; the schedule stays),
`s` takes a card out of use or brings it back, `f` flags it. On the right stands what the memory model knows and
each review so far.
"""


class BrowseScreen(Page):
    """Find and look."""

    CSS_PATH = "../styles/pages.tcss"
    HELP_TEXT = HELP
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "into_list", "List", show=False, id="browse.down"),
        Binding("s", "suspend", "Suspend / use", tooltip="Take the card out of use, or back", id="browse.suspend"),
        Binding("f", "flag", "Flag", tooltip="Flag the card, or take its flag away", id="browse.flag"),
    ]

    def __init__(self, study: Study, query: str = "") -> None:
        super().__init__()
        self.study = study
        self.heading = "Browse"
        self._asked = query
        self._all = list(everything(study.library))
        self._found: list[Findable] = []
        self._typing: Timer | None = None

    def body(self) -> Iterable[Widget]:
        yield Input(self._asked, placeholder="words, a topic, flagged, suspended, leech", id="query")
        with Horizontal(id="browse"):
            yield OptionList(id="found")
            with VerticalScroll(id="found-detail"):
                yield Prose(id="found-text")

    def on_mount(self) -> None:
        self.query_one("#query", Input).focus()
        self.search()

    @on(Input.Changed, "#query")
    def search_soon(self) -> None:
        """Search when the typing pauses, so that no key waits for it."""
        if self._typing is not None:
            self._typing.stop()
        self._typing = self.set_timer(PAUSE, self.search)

    @on(Input.Submitted, "#query")
    def action_into_list(self) -> None:
        """From the line into the list."""
        self.query_one("#found", OptionList).focus()

    def search(self) -> None:
        """List what matches the line."""
        query = self.query_one("#query", Input).value.strip()
        self._found = self._matching(query)
        found = self.query_one("#found", OptionList)
        found.clear_options()
        found.add_options([Option(_line(one)) for one in self._found[:SHOWN]])
        shown = f"{SHOWN} of " if len(self._found) > SHOWN else ""
        self.aside = f"{shown}{len(self._found)} found"
        if self._found:
            found.highlighted = 0
        else:
            self.query_one("#found-text", Prose).text = "Nothing matches. Try fewer or shorter words."

    @on(OptionList.OptionHighlighted)
    def show(self, event: OptionList.OptionHighlighted) -> None:
        """The highlighted thing in full, with its history."""
        self._describe(event.option_index)
        self.query_one("#found-detail").scroll_home(animate=False)

    def on_screen_resume(self) -> None:
        """What was asked from here has a longer history now."""
        at = self.query_one("#found", OptionList).highlighted
        if at is not None:
            self._describe(at)

    def _describe(self, at: int) -> None:
        self.query_one("#found-text", Prose).text = describe(self.study, self._found[at], _when)

    @on(OptionList.OptionSelected)
    def ask(self, event: OptionList.OptionSelected) -> None:
        """Enter asks a card or question, or opens the notes."""
        one = self._found[event.option_index]
        if one.kind == "card":
            from studyapp.tui.screens.review import ReviewScreen

            ids = [prompt.id for prompt in shown_prompts(self.study, one.id)]
            self.app.push_screen(ReviewScreen(ReviewSession.of_prompts(self.study, ids)))
        elif one.kind == "question":
            self.rooms.open_quiz(quizzing.of_questions(self.study, [one.id]))
        elif one.kind == "interview":
            from studyapp.tui.screens.interview import InterviewScreen

            self.app.push_screen(InterviewScreen(self.study, self.study.library.interviews[one.id]))
        elif one.kind == "notes":
            self.rooms.open_topic(one.topic, one.id)

    def action_suspend(self) -> None:
        """Take every prompt of the card out of use, or bring them back."""
        self._set(EventKind.SUSPEND, lambda state: not state.suspended)

    def action_flag(self) -> None:
        """Flag every prompt of the card, or take the flags away."""
        self._set(EventKind.FLAG, lambda state: not state.flagged)

    def _set(self, kind: EventKind, wanted: Callable[[PromptState], bool]) -> None:
        at = self.query_one("#found", OptionList).highlighted
        prompts = shown_prompts(self.study, self._found[at].id) if at is not None and self._found else []
        if at is None or not prompts:
            self.notify("That works on cards.")
            return
        on_ = wanted(self.study.progress.state(prompts[0].id))
        now = self.study.clock.now()
        self.study.progress.record_all([(kind, prompt.id, float(on_)) for prompt in prompts], now)
        self._describe(at)

    def _matching(self, query: str) -> list[Findable]:
        if query in self.study.library.topics:
            return [one for one in self._all if one.topic == query]
        if query in ("flagged", "suspended", "leech"):
            states = self.study.progress.states()
            ids = {id_.partition("#")[0] for id_, state in states.items() if getattr(state, query)}
            return [one for one in self._all if one.id in ids]
        return find(self._all, query)


def _line(one: Findable) -> Content:
    return Content.assemble((f"{SIGNS[one.kind]} ", "dim"), inline(one.title))


def _when(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
