"""Every fault of a file at once, each with its place, what was expected, and what was probably meant."""

import pytest

from tests.library.conftest import Author

MANY = """\
cards:
  - id: alpha-a
    kind: tpyein
    front: What?
  - id: alpha-b
    kind: typein
    front: What?
    anwser: this
    source: book
  - id: Alpha B
    kind: basic
    tpye: x
    front:
    back: [a, b]
    difficulty: hard
    tags: [ok, 5, true]
    source: []
  - just a text
  - {kind: basic, id: alpha-c, front: "  ", back: Yes, but not so, source: book}
  - id: alpha-d
    front: What?
"""


def test_every_fault_is_named_at_once(author: Author) -> None:
    (author.root / "alpha" / "coverage.yaml").unlink()
    author.write("alpha/cards.yaml", MANY)
    links = ["alpha-q-single: `cards` names `alpha-basic`", "alpha-q-single: `cards` names `alpha-cloze`"]
    found = [said for said in author.problems() if "/alpha/cards.yaml" in said]
    assert found == [
        "pack/alpha/cards.yaml:3:11: `tpyein` is no kind: expected one of basic, reversed, cloze, typein."
        " Did you mean `typein`?",
        "pack/alpha/cards.yaml:8:5: unknown field `anwser`. Did you mean `answer`?",
        "pack/alpha/cards.yaml:10:9: `id`: expected an id: lower-case words joined by hyphens",
        "pack/alpha/cards.yaml:12:5: unknown field `tpye`.",
        "pack/alpha/cards.yaml:13:11: `front`: expected text, got nothing",
        "pack/alpha/cards.yaml:14:11: `back`: expected text, got a list",
        "pack/alpha/cards.yaml:15:17: `difficulty`: expected a whole number, got 'hard'",
        "pack/alpha/cards.yaml:16:16: `tags`: expected text, got 5; put it in quotes",
        "pack/alpha/cards.yaml:16:19: `tags`: expected text, got true; put it in quotes",
        "pack/alpha/cards.yaml:17:13: `source`: expected at least 1 in the list, got 0",
        "pack/alpha/cards.yaml:18:5: expected a mapping, got 'just a text'",
        "pack/alpha/cards.yaml:19:39: `front`: must not be empty",
        "pack/alpha/cards.yaml:19:56: unknown field `but not so`. A text with a comma must be quoted here.",
        "pack/alpha/cards.yaml:20:5: `kind` is missing: one of basic, reversed, cloze, typein.",
    ]
    assert all(any(link in said for said in author.problems()) for link in links)


def test_a_misspelt_kind_field_is_recognised(author: Author) -> None:
    author.edit("beta/cards.yaml", "kind: basic", "kinds: basic")
    (said,) = author.problems()
    assert said == (
        "pack/beta/cards.yaml:2:5: `kind` is missing: one of basic, reversed, cloze, typein. Did you mean `kinds`?"
    )


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("topic.yaml", "title: Beta", "¦titel: Beta", "unknown field `titel`. Did you mean `title`?"),
        ("topic.yaml", "order: 2", "order: ¦two", "`order`: expected a whole number, got 'two'"),
        ("topic.yaml", "order: 2", "order: ¦1e3", "`order`: expected a whole number, got 1000.0"),
        ("topic.yaml", "title: Beta", 'title: ¦""', "`title`: must not be empty"),
        ("topic.yaml", "slug: beta", "slug: ¦alpha", "the slug is `alpha` but the folder is `beta`"),
        ("topic.yaml", '"https://', '¦"htps://', "`url`: expected a web address beginning with https://"),
        ("topic.yaml", '{title: "A', '{¦titel: "A', "unknown field `titel`. Did you mean `title`?"),
        ("topic.yaml", 'title: "A book, 2020"', "title: ¦2020", "`title`: expected text, got 2020; put it in quotes"),
        ("topic.yaml", 'book: {title: "A book, 2020", url: "https://example.org/book"}', "book: ¦a", "expected a map"),
        ("cards.yaml", "tags: [why]", "tags: ¦why", "`tags`: expected a list, got 'why'"),
        ("cards.yaml", "tags: [why]", "as_of: ¦2026-13", "`as_of`: expected a month such as 2026-11"),
        ("cards.yaml", "tags: [why]", "difficulty: ¦4", "`difficulty`: expected a whole number <= 3, got 4"),
        ("cards.yaml", "id: beta-reversed", f"id: ¦{'a' * 81}", "`id`: expected text of length <= 80, got 'aaa"),
        ("cards.yaml", "id: beta-reversed", 'id: ¦"beta-reversed\\n"', "`id`: expected an id"),
        ("cards.yaml", "accept: [topics]", "accept: ¦{topics: 1}", "`accept`: expected a list, got a mapping"),
        ("cards.yaml", '"In beta a day has {{c1::86,400::number}} seconds and {{c2::24}} hours."', "¦No blank.",
         "`text`: expected at least one blank such as {{c1::answer}}"),
        ("quiz.yaml", "answer: 8.64e9", "answer: ¦many", "`answer`: expected a number, got 'many'"),
        ("quiz.yaml", "answer: 8.64e9", "answer: ¦true", "`answer`: expected a number, got true"),
        ("quiz.yaml", "tolerance: 1%", "tolerance: ¦[1]", "`tolerance`: expected a number or text, got a list"),
        ("quiz.yaml", "tolerance: 1%", "units: {s: ¦0}", "`s`: expected a number > 0.0, got 0"),
        ("quiz.yaml", "kind: single", "kind: ¦[single]", "`['single']` is no kind"),
        ("quiz.yaml", "scenario: true", "scenario: ¦yes", "`scenario`: expected true or false, got 'yes'"),
        ("quiz.yaml", "text: Traffic, correct: true", "text: Traffic, ¦corect: true", "unknown field `corect`. Did"),
        ("quiz.yaml", "line: 3", "line: ¦0", "`line`: expected a whole number >= 1, got 0"),
        ("quiz.yaml", "weight: 2", "weight: ¦1e999", "`weight`: expected a number <= 1e+300, got inf"),
        ("quiz.yaml", "extra: [a wish]", "extra: ¦null", "`extra`: expected a list, got nothing"),
    ],
)  # fmt: skip
def test_one_fault_is_found_where_it_stands_and_nothing_else_is(
    author: Author, file: str, old: str, new: str, said: str
) -> None:
    place = author.plant(f"beta/{file}", old, new)
    (problem,) = author.problems()
    assert problem.startswith(f"{place}: {said}")


def test_numbers_may_be_written_as_people_write_them(author: Author) -> None:
    author.edit("beta/quiz.yaml", "answer: 8.64e9", "answer: 8_640_000_000")
    author.edit("beta/quiz.yaml", "tolerance: 1%", "tolerance: 8.64e7")
    library, problems = author.checked()
    assert problems == []
    question = library.questions["beta-q-numeric"]
    assert (question.answer, question.tolerance) == (8.64e9, 8.64e7)  # type: ignore[attr-defined]


def test_a_date_needs_no_quotes(author: Author) -> None:
    author.edit("beta/cards.yaml", "tags: [why]", "as_of: 2026-11-01")
    library, problems = author.checked()
    assert problems == []
    assert library.topics["beta"].cards[0].about.as_of == "2026-11-01"
