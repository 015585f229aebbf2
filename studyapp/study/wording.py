"""Words as they are compared: folded, stemmed, with a sentence and a clause; and which words the content uses.

Stems: Porter 2001 (snowballstem.org, English).
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from studyapp.domain.cards import plain_cloze
from studyapp.domain.questions import Open
from studyapp.domain.rubric import ARTICLES, Word
from studyapp.domain.topics import Library

COMMON_ABOVE = 4  # model answers that use a word
_TOKEN = re.compile(
    r"(?P<sentence>[.!?](?=\s|$)|;|\n\s*\n|\n\s*(?:[-*•]|\d+[.)])\s)"
    r"|(?P<clause>[,:()–—])"
    r"|(?P<word>\d+(?:[.,]\d+)*|%|(?:[A-Z]*[^\W\d_A-Z]+(?:['’][^\W\d_]+)?|[A-Z]+)\d*)"
)
_BRITISH = ((re.compile(r"(?<=\w{3})is(?=(e|es|ed|ing|ation|ations)$)"), "iz"), (re.compile(r"(?<=\w{3})our\b"), "or"))


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of all content, folded, and how many model answers hold a stem, or two of them side by side."""

    known: frozenset[str] = frozenset()
    answers: Mapping[tuple[str, ...], int] = field(default_factory=dict)

    @classmethod
    def of(cls, library: Library) -> "Lexicon":
        """The words of a library; a fifth of a second for the shipped one, so not for the UI loop."""
        known = {word.text for text in _texts(library) for word in read(text)}
        uses: Counter[tuple[str, ...]] = Counter()
        for answer in _model_answers(library):
            words = [word.text for word in read(answer)]
            known.update(words)
            stems = stems_of(words)
            uses.update({*zip(stems), *pairwise(stems)})
        return cls(frozenset(known), uses)

    def common(self, words: Sequence[str]) -> bool:
        """Whether so many answers say this that it tells little."""
        apart, joined = stems_of(words), (stem("".join(words)),)  # `fall back` is as common as `fallback`
        return max(self.answers.get(apart, 0), self.answers.get(joined, 0)) > COMMON_ABOVE


def read(text: str) -> Iterator[Word]:
    """The words of a text; `maxSurge` is two, and so is `max_surge`."""
    sentence = clause = 0
    for token in _TOKEN.finditer(text):
        if token["word"] is None:
            clause += 1
            sentence += token["sentence"] is not None
        else:
            yield Word(_folded(token["word"]), token.start(), token.end(), sentence, clause)


def stems_of(words: Iterable[str]) -> tuple[str, ...]:
    """The stems of folded words, articles left out."""
    return tuple(stem(word) for word in words if word not in ARTICLES)


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of a folded word."""
    return _stemmer()(word)


@lru_cache(maxsize=1)
def _stemmer() -> Callable[[str], str]:
    import snowballstemmer  # here, because it loads thirty languages: a quarter of a second on a slow machine

    stem_word: Callable[[str], str] = snowballstemmer.stemmer("english").stemWord
    return stem_word


def _folded(word: str) -> str:
    """Case, apostrophes, thousands separators and British spelling made one."""
    if word == "%":
        return "percent"
    if word[0].isdigit():
        return re.sub(r",(?=\d{3})", "", word)
    folded = word.casefold().replace("’", "'")
    for spelling, american in _BRITISH:
        folded = spelling.sub(american, folded)
    return folded


def _texts(library: Library) -> Iterator[str]:
    for topic in library.topics.values():
        for section in topic.sections:
            yield section.text
        for card in topic.cards:
            yield f"{plain_cloze(card.front)} {card.back}"
    for interview in library.interviews.values():
        yield from (phrase for point in interview.rubric for phrase in point.phrases)


def _model_answers(library: Library) -> Iterator[str]:
    for interview in library.interviews.values():
        yield interview.model_answer
    for question in library.questions.values():
        if isinstance(question, Open):
            yield question.model_answer
