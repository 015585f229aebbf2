"""A topic folder: whatever is right in it stays usable, whatever is wrong is named once."""

import pytest

from studyapp.library.topic_folder import heading_slug, sections
from tests.library.conftest import Author


def test_a_pack_without_a_fault_has_no_problem(author: Author) -> None:
    library, problems = author.checked()
    assert problems == []
    assert [len(topic.cards) for topic in library.topics.values()] == [4, 4]
    assert [len(topic.questions) for topic in library.topics.values()] == [8, 8]
    assert len(library.interviews) == 1
    assert list(library.reference.pages) == ["key-numbers", "checklist", "interview-craft", "essentials"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("card.yaml", "nothing reads this file. Did you mean `cards.yaml`?"),
        ("quiz.yml", "nothing reads this file. Did you mean `quiz.yaml`?"),
        ("thoughts.md", "nothing reads this file."),
    ],
)
def test_a_file_that_nothing_reads_is_named(author: Author, name: str, said: str) -> None:
    author.write(f"alpha/{name}", "cards: []")
    assert author.problems() == [f"pack/alpha/{name}:1:1: {said}"]


def test_what_editors_and_people_leave_beside_is_no_fault(author: Author) -> None:
    for name in ("README.md", ".#cards.yaml", ".cards.yaml.swp", "sketch.txt"):
        author.write(f"alpha/{name}", "scratch")
    assert author.problems() == []


@pytest.mark.parametrize(
    "file", ["cards.yaml", "quiz.yaml", "interview.yaml", "coverage.yaml", "topic.yaml", "notes.md"]
)
@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"\x00"])
def test_a_binary_file_is_one_problem_and_the_rest_stays(author: Author, file: str, data: bytes) -> None:
    before = author.checked()[0]
    author.write(f"alpha/{file}", data + (author.root / "alpha" / file).read_bytes())
    library, problems = author.checked()
    named = [str(problem) for problem in problems if "no section" not in problem.message]
    assert len(named) == 1
    assert named[0].startswith(f"pack/alpha/{file}:1:1: ")
    assert "binary" in named[0]
    assert library.topics["beta"] == before.topics["beta"]
    kept = {"cards.yaml": "questions", "quiz.yaml": "cards"}.get(file, "cards")
    assert len(getattr(library.topics["alpha"], kept)) == len(getattr(before.topics["alpha"], kept))


def test_a_folder_in_the_place_of_a_file_is_named(author: Author) -> None:
    (author.root / "alpha" / "cards.yaml").unlink()
    (author.root / "alpha" / "cards.yaml").mkdir()
    (author.root / "alpha" / "coverage.yaml").unlink()
    first, *more = author.problems()
    assert first == "pack/alpha/cards.yaml:1:1: this is not a file"
    assert all("names `alpha-" in said for said in more)  # its ids are not known


def test_a_faulty_item_is_left_out_and_its_links_are_not_called_broken(author: Author) -> None:
    author.edit("alpha/cards.yaml", "back: A measurement.", "bakc: A measurement.")
    library, problems = author.checked()
    assert [str(problem) for problem in problems] == [
        "pack/alpha/cards.yaml:5:5: unknown field `bakc`. Did you mean `back`?"
    ]
    assert [card.id for card in library.topics["alpha"].cards] == ["alpha-reversed", "alpha-cloze", "alpha-typed"]


def test_the_items_of_a_faulty_coverage_point_count_as_covered(author: Author) -> None:
    author.edit("alpha/coverage.yaml", "point: The rest of it", "piont: The rest of it")
    (said,) = author.problems()
    assert said == "pack/alpha/coverage.yaml:5:5: unknown field `piont`. Did you mean `point`?"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("card: []\n", "1:1: unknown field `card`; expected `cards`. Did you mean `cards`?"),
        ("cards: one\n", "1:8: `cards`: expected a list"),
        ("cards:\n", "1:7: `cards`: expected a list"),
        ("cards: []\nretired: [1]\n", "2:10: `retired`: expected a list of ids"),
        ("cards: []\nretired: alpha-old\n", "2:10: `retired`: expected a list of ids"),
        ("retired: [alpha-old]\n", "1:1: `cards` is missing: a list of items"),
    ],
)
def test_the_list_of_a_file(author: Author, text: str, said: str) -> None:
    author.write("beta/cards.yaml", text)
    assert f"pack/beta/cards.yaml:{said}" in author.problems()


def test_a_byte_order_mark_hides_no_heading(author: Author) -> None:
    author.write("alpha/notes.md", b"\xef\xbb\xbf## First things\n\nMeasure.\n")
    library, problems = author.checked()
    assert problems == []
    assert [section.slug for section in library.topics["alpha"].sections] == ["first-things"]


def test_an_id_given_up_is_not_used_again(author: Author) -> None:
    text = (author.root / "beta" / "cards.yaml").read_text("utf-8")
    author.write("beta/cards.yaml", f"retired: [beta-basic, beta-old]\n{text}")
    assert author.problems() == ["pack/beta/cards.yaml:3:5: the id `beta-basic` is listed under `retired`"]
    assert author.checked()[0].knows("beta-old#c1")


def test_sections() -> None:
    notes = "# Title\nleft out\n## The two  structures \ntext\n### deeper\nmore\n##No heading\n## It's: 99.9 %!\nend\n"
    found = sections(notes)
    assert [section.slug for section in found] == ["the-two-structures", "it-s-99-9"]
    assert found[0].text == "text\n### deeper\nmore\n##No heading"
    assert sections("") == ()
    assert heading_slug("A/B tests & CUPED") == "a-b-tests-cuped"
