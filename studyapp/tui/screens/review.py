"""Review: a front, its answer, a grade, the next front; at the end what was missed."""

import time
from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widget import Widget
from textual.widgets import Input, Static

from studyapp.domain.cards import CardKind
from studyapp.domain.durations import clocked, spoken
from studyapp.domain.schedule import Grade
from studyapp.domain.text import matches
from studyapp.study import quizzing
from studyapp.study.reviewing import ReviewSession, next_due
from studyapp.tui.screens.page import Page
from studyapp.tui.widgets.prose import Prose
from studyapp.tui.widgets.sources import cite

MOST_MS = 300_000  # a card left on the screen over dinner is not studied for an hour
HELP = """\
A card asks; answer it in your head (or type, where there is a line to type in), then look.

`space` shows the answer. Then say how it went: `1` forgotten, `2` recalled with trouble, `3` recalled, `4` at once.
Beside each stands when the card would come back. `space` again means `3`.

`u` takes the last grade back, as often as you like. `s` puts a card away for good, `b` until tomorrow, `f` flags it
to be found again under Browse. `o` asks the linked question, `n` opens the notes that explain it, `l` the lab step
that practises it. The arrows and `pgdn` scroll a long card.

Each grade is saved before the next card shows: leave whenever you like.
"""


class ReviewScreen(Page):
    """One session, card after card."""

    CSS_PATH = "../styles/review.tcss"
    HELP_TEXT = HELP
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,enter", "flip", "Show", tooltip="Show the answer; then the same as 3", id="review.flip"),
        Binding("1", "grade(1)", "Again", tooltip="Forgotten", id="review.again", show=False),
        Binding("2", "grade(2)", "Hard", tooltip="Recalled with trouble", id="review.hard", show=False),
        Binding("3", "grade(3)", "Good", tooltip="Recalled", id="review.good", show=False),
        Binding("4", "grade(4)", "Easy", tooltip="Recalled at once", id="review.easy", show=False),
        Binding("u", "undo", "Undo", tooltip="Take the last grade back", id="review.undo"),
        Binding("s", "suspend", "Suspend", tooltip="Put this card away until you bring it back", id="review.suspend"),
        Binding("b", "bury", "Bury", tooltip="Put this card away until tomorrow", id="review.bury"),
        Binding("f", "flag", "Flag", tooltip="Mark this card to find it again", id="review.flag"),
        Binding("o", "question", "Question", tooltip="Answer the question that is linked to it", id="review.question"),
        Binding("n", "notes", "Notes", tooltip="The notes that explain it", id="review.notes"),
        Binding("l", "lab", "Lab", tooltip="The lab step that practises it", id="review.lab", show=False),
        Binding("p", "practise", "Practise missed", tooltip="Go through the missed ones again", id="review.practise"),
    ]

    def __init__(self, session: ReviewSession) -> None:
        super().__init__()
        self.session = session
        self.answered = False
        self._shown_at = time.monotonic()

    def body(self) -> Iterable[Widget]:
        with VerticalScroll(id="card"):
            yield Prose(id="front")
            yield Input(placeholder="Type the answer, then enter", id="typed")
            with Vertical(id="answer"):
                yield Static(id="verdict")
                yield Prose(id="back")
                yield Prose(id="example")
                yield Prose(id="explanation")
                yield Static(id="sources", classes="muted", markup=False)
        with Horizontal(id="grades"):
            for grade in Grade:
                yield Static(id=f"grade-{grade.name.lower()}", classes="grade")
        yield Static("space shows the answer", id="hint", classes="muted")

    def on_mount(self) -> None:
        self.show_current()

    def show_current(self) -> None:
        """The front of the current prompt, or the summary when none is left."""
        prompt = self.session.current
        self.answered = False
        self._arrange()
        if prompt is None:
            self._show_summary()
            return
        self.heading = f"{'Practice' if self.session.practice else 'Review'} · {prompt.topic}"
        self._show_place()
        reversed_ = ": the term, or what it means" if prompt.card.kind is CardKind.REVERSED else ""
        self.query_one("#hint", Static).update(f"space shows the answer{reversed_}", layout=False)
        self.query_one("#front", Prose).text = prompt.front
        typed = self.query_one("#typed", Input)
        typed.value = ""
        typed.disabled = not prompt.typed
        self.set_focus(typed if prompt.typed else self.query_one("#card"))
        self.query_one("#card").scroll_home(animate=False)
        self._shown_at = time.monotonic()

    def _arrange(self) -> None:
        """Show the parts of the state. Not by a class: that would style a dozen widgets anew, at each key."""
        prompt = self.session.current
        self.query_one("#answer").display = self.answered
        self.query_one("#grades").display = self.answered
        self.query_one("#hint").display = prompt is not None and not self.answered
        self.query_one("#typed").display = prompt is not None and prompt.typed

    def action_flip(self) -> None:
        """Show the answer; once it shows, the same key says Good."""
        if self.session.current is None:
            self.dismiss()
        elif self.answered:
            self.action_grade(3)
        else:
            self._show_answer()

    @on(Input.Submitted, "#typed")
    def answer_typed(self) -> None:
        """Enter in the line to type in."""
        self._show_answer()

    def action_grade(self, number: int) -> None:
        """Save a grade and go on."""
        if not self.answered:
            return
        graded = self.session.grade(Grade(number), self._spent())
        if graded.became_leech:
            self.notify(
                "Forgotten eight times, so it is put away. Such a card is better rewritten; Browse brings it back.",
                title="Leech",
                severity="warning",
            )
        self.show_current()

    def action_undo(self) -> None:
        """Take the last grade back and show its card again."""
        if self.session.undo() is None:
            self.notify("There is nothing to undo in this session.")
            return
        self.show_current()

    def action_suspend(self) -> None:
        """Put the card away until it is brought back."""
        self.session.suspend()
        self.notify("Suspended. u brings it back now, Browse later.")
        self.show_current()

    def action_bury(self) -> None:
        """Put the card away until tomorrow."""
        self.session.bury()
        self.notify("Away until tomorrow. u brings it back now.")
        self.show_current()

    def action_flag(self) -> None:
        """Flag the card, or take its flag away."""
        self.notify("Flagged." if self.session.flag() else "Flag taken away.")
        self._show_place()

    def action_question(self) -> None:
        """Answer the linked question; the card waits."""
        prompt = self.session.current
        if prompt is not None and not self.answered:
            self.notify("Look at the answer first: the question may give it away.")
        elif prompt is not None:
            self.rooms.open_quiz(quizzing.of_questions(self.session.study, prompt.card.questions))

    def action_notes(self) -> None:
        """The section of the notes that explains the card."""
        prompt = self.session.current
        if prompt is not None:
            self.rooms.open_topic(prompt.topic, prompt.card.about.section)

    def action_lab(self) -> None:
        """The lab of the card's topic, at the step that practises it."""
        prompt = self.session.current
        if prompt is not None:
            slug = self.session.study.library.topics[prompt.topic].lab
            self.rooms.open_lab(slug, prompt.card.about.step)

    def action_practise(self) -> None:
        """Go through what was missed, without moving the schedule."""
        missed = [prompt.id for prompt in self.session.summary().again]
        self.app.switch_screen(ReviewScreen(ReviewSession.of_prompts(self.session.study, missed)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Show in the footer only what can be done now."""
        prompt = self.session.current
        if action == "practise":
            return prompt is None and bool(self.session.summary().again)
        if action in ("suspend", "bury", "flag", "notes"):
            return prompt is not None
        if action == "question":
            return prompt is not None
        return True

    def _show_answer(self) -> None:
        prompt = self.session.current
        if prompt is None:
            return
        self._show_verdict(self.query_one("#typed", Input).value, prompt.card.accept)
        self.query_one("#back", Prose).text = prompt.back
        for name, text in (("example", prompt.card.example), ("explanation", prompt.card.about.explain)):
            part = self.query_one(f"#{name}", Prose)
            part.text = text
            part.display = bool(text)
        self.query_one("#sources", Static).update(cite(prompt.card.about))
        for grade, ms in self.session.preview().items():
            when = "" if self.session.practice else f" [dim]{spoken(ms)}[/dim]"
            label = f"[b]{int(grade)}[/b] {grade.name.capitalize()}{when}"
            self.query_one(f"#grade-{grade.name.lower()}", Static).update(label, layout=False)
        self.query_one("#card").focus(scroll_visible=False)
        self.answered = True
        self._arrange()

    def _show_verdict(self, typed: str, accepted: tuple[str, ...]) -> None:
        verdict = self.query_one("#verdict", Static)
        right = matches(typed, accepted)
        verdict.update("✓ right" if right else "✗ not that" if typed.strip() else "")
        verdict.display = bool(typed.strip())
        verdict.set_class(right, "-right")

    def _show_place(self) -> None:
        prompt = self.session.current
        if prompt is None:
            return
        state = self.session.state
        marks = [
            "new" if state.new else "",
            "flagged" if state.flagged else "",
            f"{len(self.session.graded)} done",
            f"{self.session.left} left",
        ]
        self.aside = " · ".join(filter(None, marks))

    def _show_summary(self) -> None:
        summary = self.session.summary()
        self.heading = "Done for now" if summary.graded else "Nothing to review"
        self.aside = ""
        self.query_one("#card").focus(scroll_visible=False)
        self.query_one("#front", Prose).text = self._summary_text()
        self.refresh_bindings()

    def _summary_text(self) -> str:
        summary = self.session.summary()
        study = self.session.study
        due = next_due(study)
        then = f"Next due in {spoken(max(0, due - study.clock.now()))}." if due else "Nothing is scheduled yet."
        if not summary.graded:
            return f"Nothing is due now. {then}\n\n`esc` goes back; practice (from a topic) never moves the schedule."
        done = f"**{len(summary.graded)}** graded in {clocked(summary.duration)}"
        lines = [f"{done}, **{summary.recalled:.0%}** recalled. {then}"]
        if summary.again:
            lines.append("To look at again:")
            lines.append("\n".join(f"- {' '.join(prompt.front.split())}" for prompt in summary.again[:12]))
            lines.append("`p` practises them now.")
        return "\n\n".join(lines)

    def _spent(self) -> int:
        return min(MOST_MS, round((time.monotonic() - self._shown_at) * 1000))
