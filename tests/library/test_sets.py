"""Rules over a whole set: the mix of cards and questions, and that guessing strategies do not beat it."""

import hashlib
from collections.abc import Callable

import pytest

from studyapp.domain.origin import Authored, Origin
from studyapp.domain.questions import Option, SingleChoice
from studyapp.library.rules import blind
from tests.library.conftest import Author

SUBJECTS = [hashlib.sha256(bytes([n])).hexdigest()[:12] for n in range(20)]  # words that are not alike


def cards(cloze: int = 4, examples: int = 8, why: int = 6, count: int = 20) -> str:
    rows = []
    for index, subject in enumerate(SUBJECTS[:count]):
        ask = f"text: 'Of {subject} comes {{{{c1::trouble {index}}}}}.'"
        if index >= cloze:
            ask = f"front: What does {subject} cost?, back: Number {index}."
        kind = "cloze" if index < cloze else "basic"
        more = (", example: Seen." if index < examples else "") + (", tags: [why]" if index < why else "")
        rows.append(f"  - {{id: c-{index}, kind: {kind}, {ask}, source: book{more}}}\n")
    return "cards:\n" + "".join(rows)


def questions(count: int = 20, scenarios: int = 8, faults: int = 5, numeric: int = 5) -> str:
    rows = []
    for index, subject in enumerate(SUBJECTS[:count]):
        scenario = "scenario: true, " if index < scenarios else ""
        shared = f"id: q-{index}, source: book, {scenario}stem: What of {subject}?"
        if index < faults:
            rows.append(f"  - {{{shared}, kind: fault, code: one line, faults: [{{line: 1, why: Wrong.}}]}}\n")
        elif index < faults + numeric:
            rows.append(f"  - {{{shared}, kind: numeric, answer: 1, why: So.}}\n")
        else:
            rows.append(f"  - {{{shared}, kind: short, answer: word, why: So.}}\n")
    return "questions:\n" + "".join(rows)


def singles(
    option: Callable[[int, int, bool], str], count: int = 12, place: Callable[[int], int] = lambda n: n % 4
) -> str:
    """`option(n, i, correct)` is the text of option i of question n."""
    rows = []
    for n, subject in enumerate(SUBJECTS[:count]):
        rows.append(
            f"  - id: q-{n}\n    kind: single\n    source: book\n    stem: What helps with {subject}?\n    options:\n"
        )
        for i in range(4):
            correct = i == place(n)
            flag = "true" if correct else "false"
            rows.append(f"      - {{text: {option(n, i, correct)}, correct: {flag}, why: So.}}\n")
    return "questions:\n" + "".join(rows)


@pytest.fixture
def lone(author: Author) -> Author:
    """The pack with an empty beta, to be filled."""
    author.write("beta/cards.yaml", "cards: []\n")
    author.write("beta/quiz.yaml", "questions: []\n")
    assert author.problems() == []
    return author


@pytest.mark.parametrize(
    ("mix", "said"),
    [
        ({}, ""),
        ({"cloze": 1}, "5% of 20 cards are cloze; 10 to 40 %"),
        ({"cloze": 9}, "45% of 20 cards are cloze; 10 to 40 %"),
        ({"examples": 5}, "25% of 20 cards have an `example`; at least 30 %"),
        ({"why": 3}, "15% of 20 cards are tagged `why`; at least 20 %"),
        ({"cloze": 0, "examples": 0, "why": 0, "count": 19}, ""),  # a handful is no set
    ],
)
def test_the_mix_of_cards(lone: Author, mix: dict[str, int], said: str) -> None:
    lone.write("beta/cards.yaml", cards(**mix))
    found = [problem.partition(": ")[2] for problem in lone.problems()]
    assert [one[: len(said)] for one in found] == ([said] if said else [])


@pytest.mark.parametrize(
    ("mix", "said"),
    [
        ({}, ""),
        ({"scenarios": 7}, "35% of 20 questions are a `scenario`; at least 40 %"),
        ({"faults": 4}, "4 of 20 questions are `fault`; a set of this size has at least 5"),
        ({"numeric": 4}, "4 of 20 questions are `numeric`; a set of this size has at least 5"),
        ({"scenarios": 0, "faults": 0, "numeric": 0, "count": 19}, ""),
    ],
)
def test_the_mix_of_questions(lone: Author, mix: dict[str, int], said: str) -> None:
    lone.write("beta/quiz.yaml", questions(**mix))
    found = [problem.partition(": ")[2] for problem in lone.problems()]
    assert [one[: len(said)] for one in found] == ([said] if said else [])


def fair(n: int, i: int, correct: bool) -> str:
    return f"choice {'abcd'[i]} of {n:02}"


def longest(n: int, i: int, correct: bool) -> str:
    return f"{fair(n, i, correct)}{' and' if correct else ''}"


def echoing(n: int, i: int, correct: bool) -> str:
    return f"choice {'abcd'[i]} of {SUBJECTS[n] if correct else SUBJECTS[n][::-1]}"


def absolute(n: int, i: int, correct: bool) -> str:
    return f"{'some' if correct else ('only', 'all')[i % 2]} of choice {n:02}{i}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (singles(fair), ""),
        (singles(fair, count=9, place=lambda n: 0), ""),  # a handful is no set
        (singles(fair, place=lambda n: 1), "picking option 2 as written scores 100%; chance and ten points are 35%"),
        (singles(longest), "picking the longest option scores 100%; chance and ten points are 35%"),
        (singles(longest), "the right option is the single longest in 100% of items; at most 35%"),
        (singles(echoing), "picking the most words in common with the stem scores 100%"),
        (singles(absolute), "picking an option without absolutes scores 100%"),
    ],
)
def test_strategies_that_beat_a_set(lone: Author, text: str, said: str) -> None:
    lone.write("beta/quiz.yaml", text)
    found = [problem.partition(": ")[2] for problem in lone.problems()]
    assert any(one.startswith(said) for one in found) if said else found == []


@pytest.mark.parametrize("ratio", [0.8, 1.25])
def test_right_options_as_long_as_the_others(lone: Author, ratio: float) -> None:
    wrong = 20
    lengths = {True: round(wrong * ratio), False: wrong}
    lone.write("beta/quiz.yaml", singles(lambda n, i, correct: chr(97 + i) * lengths[correct]))
    found = [problem.partition(": ")[2] for problem in lone.problems()]
    assert f"right options are {ratio:.2f} times as long as wrong ones at the median; 0.9 to 1.15" in found


def question(*texts: str, right: int = 0, stem: str = "Which?") -> SingleChoice:
    about = Authored("q", "t", Origin("f"))
    options = tuple(Option(text, "so", index == right) for index, text in enumerate(texts))
    return SingleChoice(about=about, stem=stem, options=options)


def test_strategies() -> None:
    one = question("a", "bbb", "ccc", right=1, stem="Is the cache warm?")
    assert blind.longest(one) == [1, 2]
    assert blind.echo(question("cold", "warm caches", "x", stem="Is the cache warm?")) == [1]
    assert blind.without_absolutes(question("always a", "b", "never c")) == [1]
    assert blind.without_absolutes(question("always a", "only b")) == [0, 1]
    assert blind.at(3)(one) == [2]
    assert blind.score([one], blind.longest) == 0.5  # ties are broken by chance
    assert blind.chance([one, question("a", "b")]) == pytest.approx((1 / 3 + 1 / 2) / 2)
    assert blind.key_ratio(one) == pytest.approx(3 / 2)
