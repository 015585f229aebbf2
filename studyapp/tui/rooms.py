"""What a screen may ask the app for: other rooms, by what they are about. Screens know this, not the app."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from studyapp.domain.interviews import Interview
    from studyapp.domain.questions import Question
    from studyapp.domain.quiz import Quiz
    from studyapp.study.study import Study


class Rooms(Protocol):
    """The app, as the screens see it."""

    @property
    def study(self) -> Study:
        """The study, once it is open."""

    def saving(self) -> AbstractContextManager[None]:
        """Tell the person, within it, when something could not be kept; go on then."""

    def open_quiz(self, quiz: Quiz, in_place: bool = False) -> None:
        """Begin a quiz over this screen, or in its place."""

    def open_topic(self, slug: str, section: str = "") -> None:
        """A topic's own screen, at a section of its notes."""

    def open_lab(self, slug: str, step: str = "") -> None:
        """A lab, at one of its steps."""

    def open_question(self, asked: Interview | Question | None) -> bool:
        """Ask one question, whole or of a quiz; whether there was one."""

    def practise(self, cards: Sequence[str]) -> None:
        """Go through chosen cards, without moving the schedule."""

    def action_review(self, topic: str = "", practice: bool = False) -> None:
        """A session of one topic, or of all."""

    def action_quiz(self, topic: str = "") -> None:
        """Choose a quiz, with a topic ticked."""

    def action_interview(self, topic: str = "") -> None:
        """Choose a mock interview."""

    def action_browse(self, query: str = "") -> None:
        """Find anything."""
