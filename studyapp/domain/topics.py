"""A topic with all that is written for it, the reference pages, and the whole library of both."""

from dataclasses import dataclass, field

from studyapp.domain.cards import Card, Prompt, card_id, prompts
from studyapp.domain.interviews import Interview
from studyapp.domain.origin import Origin, Source
from studyapp.domain.questions import Question


@dataclass(frozen=True, slots=True)
class Section:
    """A short stretch of a topic's notes; `slug` is its heading in lower case with hyphens."""

    slug: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class CoveragePoint:
    """Something an interviewer asks, and the ids of the items that teach it."""

    id: str
    point: str
    ids: tuple[str, ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Topic:
    """One of the interview's topics."""

    slug: str
    title: str
    prompt: str = ""
    summary: str = ""
    order: int = 100
    lab: str = ""
    cards: tuple[Card, ...] = ()
    questions: tuple[Question, ...] = ()
    interviews: tuple[Interview, ...] = ()
    sections: tuple[Section, ...] = ()
    coverage: tuple[CoveragePoint, ...] = ()
    retired: tuple[str, ...] = ()

    @property
    def items(self) -> tuple[Card | Question | Interview, ...]:
        """Everything that is asked in this topic."""
        return (*self.cards, *self.questions, *self.interviews)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a reference page: a number, a tick, a tip or a step."""

    id: str
    title: str
    text: str = ""
    note: str = ""
    sources: tuple[Source, ...] = ()
    as_of: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Reference entries under one heading."""

    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """The pages beside the topics, by name: key-numbers, checklist, interview-craft, essentials."""

    pages: dict[str, tuple[Group, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a content file: where, and what to do about it."""

    origin: Origin
    message: str

    def __str__(self) -> str:
        return f"{self.origin}: {self.message}"


@dataclass(frozen=True, slots=True)
class Library:
    """All content that could be read, and what could not."""

    topics: dict[str, Topic] = field(default_factory=dict)
    reference: Reference = field(default_factory=Reference)
    problems: tuple[Problem, ...] = ()
    prompts: dict[str, Prompt] = field(default_factory=dict)
    questions: dict[str, Question] = field(default_factory=dict)
    interviews: dict[str, Interview] = field(default_factory=dict)

    @classmethod
    def of(cls, topics: list[Topic], reference: Reference, problems: tuple[Problem, ...] = ()) -> "Library":
        """A library with its look-up tables made; topics stand in their display order."""
        ordered = sorted(topics, key=lambda topic: (topic.order, topic.slug))
        return cls(
            topics={topic.slug: topic for topic in ordered},
            reference=reference,
            problems=problems,
            prompts={p.id: p for topic in ordered for card in topic.cards for p in prompts(card)},
            questions={q.id: q for topic in ordered for q in topic.questions},
            interviews={i.id: i for topic in ordered for i in topic.interviews},
        )

    def retired(self) -> set[str]:
        """Ids that were given up on purpose."""
        return {id_ for topic in self.topics.values() for id_ in topic.retired}

    def knows(self, prompt_id: str) -> bool:
        """Whether a prompt, or the card it belonged to, is accounted for."""
        return prompt_id in self.prompts or card_id(prompt_id) in self.retired()
