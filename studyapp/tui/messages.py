"""What screens are told; each in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from studyapp.domain.labs import Experiment
    from studyapp.domain.predictions import Outcome
    from studyapp.domain.topics import Library
    from studyapp.study.lab_session import Phase
    from studyapp.study.labs import Checked, Prediction
    from studyapp.tui.widgets.output import Tone


@dataclass
class LibraryLoaded(Message):
    """The content was read, or read again.

    Attributes:
        library: All content that could be read, and what could not.
    """

    library: Library


@dataclass
class Said(Message):
    """Something happened in a lab that belongs into its output.

    Attributes:
        text: One or more lines.
        tone: How they are meant.
    """

    text: str
    tone: Tone


@dataclass
class StepChecked(Message):
    """The checks of one step have run.

    Attributes:
        checked: What came of them, and the hint that fits.
    """

    checked: Checked


@dataclass
class ChecksEnded(Message):
    """The checks that were asked for are over.

    Attributes:
        problem: Why they could not be run to the end; empty where they could.
    """

    problem: str = ""


@dataclass
class ServiceChanged(Message):
    """The service of a lab has started, stopped, or is on its way.

    Attributes:
        phase: Where it is now.
        said: What it said last on its way.
    """

    phase: Phase
    said: str = ""


class FiguresRead(Message):
    """The figures of the running service were read; of several that wait the last one is enough."""

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, FiguresRead)


@dataclass
class ExperimentEnded(Message):
    """An experiment on the running service came to something.

    Attributes:
        experiment: Which.
        prediction: What was said beforehand.
        outcome: What came.
    """

    experiment: Experiment
    prediction: Prediction
    outcome: Outcome


class JobEnded(Message):
    """What the service was asked to do is over, whatever came of it."""
