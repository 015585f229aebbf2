"""Which points of a rubric a typed answer makes: proposed offline, the same for the same answer, by its words.

A misspelt word is the wanted one by optimal string alignment (Damerau 1964), where two letters exchanged are one slip.
"""

from functools import cache

from rapidfuzz.distance import OSA

from studyapp.domain.questions import RubricPoint
from studyapp.domain.rubric import ARTICLES, Match, Proposal, Same, Word, matches
from studyapp.study.wording import Lexicon, read, stem

NO_SLIP_BELOW = 5  # letters: `MPS` is not `MIG`
TWO_SLIPS_FROM = 9


def propose(rubric: tuple[RubricPoint, ...], text: str, lexicon: Lexicon) -> tuple[Proposal, ...]:
    """What the text shows of each point, in the order of the rubric."""
    words = tuple(read(text))
    same = _sameness(lexicon)
    return tuple(Proposal(_surest_first(point, words, same, lexicon)) for point in rubric)


def _surest_first(point: RubricPoint, words: tuple[Word, ...], same: Same, lexicon: Lexicon) -> tuple[Match, ...]:
    found: list[Match] = []
    for phrase in point.phrases:
        wanted = tuple(word.text for word in read(phrase) if word.text not in ARTICLES)
        found.extend(matches(phrase, wanted, words, same, lexicon.common(wanted)))
    return tuple(sorted(found, key=lambda match: match.doubt is not None))


def _sameness(lexicon: Lexicon) -> Same:
    """Whether a written word is the wanted one: by its stem, or by a slip or two where the word is no other one."""

    @cache
    def same(wanted: str, written: str) -> bool:
        if wanted == written or stem(wanted) == stem(written):
            return True
        return written not in lexicon.known and (_slipped(wanted, written) or _slipped(stem(wanted), stem(written)))

    return same


def _slipped(wanted: str, written: str) -> bool:
    if len(wanted) < NO_SLIP_BELOW or not wanted.isalpha():
        return False
    most = 2 if len(wanted) >= TWO_SLIPS_FROM else 1
    return OSA.distance(wanted, written, score_cutoff=most) <= most
