"""What screens are told; each in the past tense."""

from dataclasses import dataclass

from textual.message import Message

from studyapp.domain.topics import Library


@dataclass
class LibraryLoaded(Message):
    """The content was read, or read again.

    Attributes:
        library: All content that could be read, and what could not.
    """

    library: Library
