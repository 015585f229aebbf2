"""Where an authored thing came from: the place in a file, and the sources that support it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """A place in a content file; lines and columns count from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Source:
    """A page, paper or book that a reader can find."""

    key: str
    title: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Authored:
    """What every authored item carries, whatever it asks."""

    id: str
    topic: str
    origin: Origin
    sources: tuple[Source, ...] = ()
    tags: tuple[str, ...] = ()
    difficulty: int = 2
    as_of: str = ""
    calc: tuple[str, ...] = ()
    explain: str = ""
    section: str = ""
    step: str = ""
