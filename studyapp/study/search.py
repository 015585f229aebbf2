"""Finding anything by a few words, misspelt ones too."""

from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz, process, utils

from studyapp.domain.cards import plain_cloze
from studyapp.domain.topics import Library

LEAST_SCORE = 60.0
MOST_HITS = 200


@dataclass(frozen=True, slots=True)
class Findable:
    """Something that can be found: what it is, where it belongs, and its text."""

    id: str
    kind: str
    topic: str
    title: str
    text: str


def everything(library: Library) -> Iterator[Findable]:
    """All cards, questions, interview questions, notes and reference entries."""
    for topic in library.topics.values():
        for card in topic.cards:
            front = plain_cloze(card.front)
            yield Findable(
                card.id, "card", topic.slug, front, f"{front} {card.back} {' '.join(card.about.tags)} {card.id}"
            )
        for question in topic.questions:
            tags = " ".join(question.about.tags)
            yield Findable(question.id, "question", topic.slug, question.stem, f"{question.stem} {tags} {question.id}")
        for interview in topic.interviews:
            yield Findable(
                interview.id, "interview", topic.slug, interview.prompt, f"{interview.prompt} {interview.id}"
            )
        for section in topic.sections:
            yield Findable(section.slug, "notes", topic.slug, section.title, f"{section.title} {section.text}")
    for page, groups in library.reference.pages.items():
        for group in groups:
            for entry in group.entries:
                title = entry.title or group.title
                yield Findable(entry.id, "reference", page, title, f"{group.title} {title} {entry.text} {entry.note}")


def find(candidates: list[Findable], query: str) -> list[Findable]:
    """The candidates that match a query, best first; every one of them for an empty query."""
    wanted = utils.default_process(query)
    if not wanted:
        return candidates
    scored = process.extract(
        wanted,
        {index: one.text for index, one in enumerate(candidates)},
        scorer=_score,
        processor=None,
        score_cutoff=LEAST_SCORE,
        limit=MOST_HITS,
    )
    return [candidates[index] for _, _, index in scored]


def _score(wanted: str, text: str, **_: object) -> float:
    """How well all words of the query are met by the text's: exact beginnings first, then near misses."""
    folded = utils.default_process(text)
    total = 0.0
    words = set(folded.split())
    for word in wanted.split():
        if any(known.startswith(word) for known in words):
            total += 100.0
        else:
            near = max((fuzz.ratio(word, known) for known in words if abs(len(known) - len(word)) <= 2), default=0.0)
            total += near if near >= 75.0 else 0.0
    phrase = 5.0 if wanted in folded else 0.0
    return total / len(wanted.split()) + phrase - min(4.0, len(folded) / 1000)
