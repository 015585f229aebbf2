"""Whole interview questions: what is asked, how the time is spent, what a strong answer holds."""

from dataclasses import dataclass

from studyapp.domain.origin import Authored
from studyapp.domain.questions import RubricPoint


@dataclass(frozen=True, slots=True)
class Clarification:
    """A question worth asking back, and what its answer decides."""

    ask: str
    why: str


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of the interview, and what to say in it."""

    phase: str
    minutes: int
    say: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Interview:
    """An interview question with everything needed to practise and mark it."""

    about: Authored
    prompt: str
    minutes: int
    clarify: tuple[Clarification, ...]
    outline: tuple[Phase, ...]
    rubric: tuple[RubricPoint, ...]
    follow_ups: tuple[str, ...]
    mistakes: tuple[str, ...]
    model_answer: str

    @property
    def id(self) -> str:
        return self.about.id

    @property
    def topic(self) -> str:
        return self.about.topic
