"""What happened, once and for good: the log from which every other state is made.

Times are milliseconds since 1970, UTC. Two logs are brought together by the union of their events: ids are unique, and
the order is that of (time, id), so the result is the same whichever log is read first.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class EventKind(StrEnum):
    """What an event says; `subject` and `value` mean what stands behind each."""

    REVIEW = "review"  # prompt id; grade 1 to 4; body: retention aimed at, state before
    UNDO = "undo"  # id of the event that is taken back
    SUSPEND = "suspend"  # prompt id; 1 suspended, 0 back in use
    BURY = "bury"  # prompt id; the day (see `clock`) until which it stays away
    FLAG = "flag"  # prompt, question or interview id; 1 flagged, 0 not
    FORWARD = "forward"  # prompt id: due at once, since a question about it was missed
    ATTEMPT = "attempt"  # question id; share of the marks, 0 to 1; body: quiz, mode, response, confidence
    QUIZ = "quiz"  # quiz id; share of the marks; body: mode, topics, counts: a finished quiz
    INTERVIEW = "interview"  # interview id; share of the rubric by weight, 0 to 1; body: text, spoken, made, missed
    PARAMETERS = "parameters"  # "memory"; 1 adopted, 0 the last adopted taken back; body: parameters, figures
    PLAN = "plan"  # "plan"; 1 set, 0 cleared; body of a set one: dates, morning, minutes, topics, weights, days_off
    TICK = "tick"  # checklist id; 1 ticked, 0 not
    LAB_STARTED = "lab-started"  # lab
    STEP_PASSED = "step-passed"  # lab/step; seconds that its checks took
    HINT_SHOWN = "hint-shown"  # lab/step; 1 to 3, the deepest hint asked for
    SOLUTION_SHOWN = "solution-shown"  # lab/step; 1 where the step had passed before, 0 where not
    PREDICTION = "prediction"  # lab/experiment; score, 0 to 1; body: predicted, came, confidence
    LAB_EXPLAINED = "lab-explained"  # lab; share of the marks of the question that ends it, 0 to 1


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the log."""

    id: str
    at: int
    device: str
    kind: EventKind
    subject: str
    value: float = 0.0
    duration: int = 0
    body: dict[str, Any] = field(default_factory=dict)

    @property
    def order(self) -> tuple[int, str]:
        """The place of this event in the log of any machine that has it."""
        return (self.at, self.id)
