"""Phrases in answers: words in order with small gaps, within a sentence, and what a negation does to them."""

import operator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyapp.domain.questions import RubricPoint
from studyapp.domain.rubric import MOST_GAP, Doubt, Match, Proposal, Standing, Word, found, matches, share

WORDS = st.sampled_from("alpha beta gamma delta canary probe load not the".split())
FILLER = st.sampled_from("one two three four".split())


def words(text: str) -> list[Word]:
    """Words of a text in which `.` ends a sentence and `,` a clause."""
    read: list[Word] = []
    at = sentence = clause = 0
    for token in text.split(" "):
        bare = token.rstrip(".,")
        if bare:
            read.append(Word(bare, at, at + len(bare), sentence, clause))
        sentence += token.endswith(".")
        clause += token.endswith((".", ","))
        at += len(token) + 1
    return read


def look(phrase: str, text: str) -> list[Match]:
    return list(matches(phrase, tuple(phrase.split()), words(text), operator.eq))


@pytest.mark.parametrize(
    ("phrase", "text", "there"),
    [
        ("startup probe", "a startup probe of 40 s", True),
        ("startup probe", "startup and readiness probe", True),
        ("startup probe", "startup one two probe", True),
        ("startup probe", "startup one two three probe", False),
        ("startup probe", "startup the one the two probe", True),  # articles are no gap
        ("startup probe", "probe at startup", False),
        ("startup probe", "at startup. The probe", False),
        ("startup probe", "startup, then a probe", True),
        ("pre stop", "a prestop hook", True),
        ("prestop", "a pre stop hook", True),
        ("canary", "canaries", False),
        ("a a", "a b", False),
    ],
)
def test_a_phrase_is_its_words_in_order_with_small_gaps(phrase: str, text: str, there: bool) -> None:
    assert bool(look(phrase, text)) is there


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("use a canary", False),
        ("no canary", True),
        ("we need no such canary", True),
        ("there is not any need for a canary", False),  # four words away
        ("without a canary", True),
        ("i wouldn't take a canary", True),
        ("the canary is not needed", True),
        ("the canary never fails", True),
        ("canary without a pause", False),
        ("not a shadow, a canary", False),
        ("not shadow but canary", False),
        ("not only a canary", False),
        ("no gate. A canary", False),
    ],
)
def test_a_negation_beside_a_phrase_makes_it_doubtful(text: str, denied: bool) -> None:
    match = look("canary", text)[0]
    assert (match.doubt is Doubt.DENIED) is denied


def test_a_negation_within_the_phrase_belongs_to_it_and_one_in_its_gap_does_not() -> None:
    assert look("does not fix", "a restart does not fix redis")[0].doubt is None
    assert look("startup probe", "startup but no probe")[0].doubt is Doubt.DENIED


@given(st.lists(WORDS, max_size=12), st.lists(FILLER, min_size=1, max_size=4), st.lists(WORDS, max_size=12))
def test_a_phrase_put_anywhere_is_found_and_its_spans_are_its_words(
    before: list[str], phrase: list[str], after: list[str]
) -> None:
    text = " ".join([*before, *phrase, *after])
    hits = look(" ".join(phrase), text)
    assert hits
    for hit in hits:
        assert [text[start:end] for start, end in hit.spans] == phrase


@given(st.lists(WORDS, min_size=2, max_size=5), st.integers(1, 4))
def test_words_scattered_over_sentences_never_match(phrase: list[str], cut: int) -> None:
    text = " ".join(f"{word}." if place == min(cut, len(phrase) - 1) - 1 else word for place, word in enumerate(phrase))
    assert look(" ".join(phrase), text) == []


@given(st.lists(FILLER, min_size=MOST_GAP + 1, max_size=9))
def test_words_far_apart_never_match(between: list[str]) -> None:
    assert look("canary load", " ".join(["canary", *between, "load"])) == []


@given(st.lists(WORDS, max_size=20), WORDS)
def test_what_follows_in_a_new_sentence_takes_nothing_away(text: list[str], phrase: str) -> None:
    alone = look(phrase, " ".join(text))
    longer = look(phrase, " ".join([*text, ".", "one", "two"]))
    assert longer[: len(alone)] == alone


def test_standing_weighs_doubts() -> None:
    sure, denied = Match("a", ((0, 1),)), Match("a", ((2, 3),), Doubt.DENIED)
    common, other = Match("b", ((4, 5),), Doubt.COMMON), Match("c", ((6, 7),), Doubt.COMMON)
    same_place = Match("bs", ((4, 5),), Doubt.COMMON)
    assert Proposal().standing is Standing.MISSING
    assert Proposal((sure, denied)).standing is Standing.FOUND
    assert Proposal((denied,)).standing is Standing.DOUBTFUL
    assert Proposal((common,)).standing is Standing.DOUBTFUL
    assert Proposal((common, other)).standing is Standing.FOUND
    assert Proposal((common, same_place)).standing is Standing.DOUBTFUL
    assert found([Proposal((sure,)), Proposal((denied,)), Proposal()]) == {0}


POINTS = st.lists(st.floats(0.5, 5).map(lambda weight: RubricPoint("p", weight)), min_size=1, max_size=8)


@given(POINTS, st.sets(st.integers(0, 9)))
def test_a_share_lies_between_nothing_and_all_and_grows_with_each_point(
    rubric: list[RubricPoint], made: set[int]
) -> None:
    value = share(rubric, made)
    assert 0 <= value <= 1 + 1e-9
    assert share(rubric, made | {0}) >= value
    assert share(rubric, range(len(rubric))) == pytest.approx(1)
    assert share(rubric, ()) == 0
