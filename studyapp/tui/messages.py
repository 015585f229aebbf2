"""What screens are told; each in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from studyapp.domain.topics import Library


@dataclass
class LibraryLoaded(Message):
    """The content was read, or read again.

    Attributes:
        library: All content that could be read, and what could not.
    """

    library: Library
