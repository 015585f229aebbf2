"""The reference pages: one good group is not lost for a bad one, and every loose end is named."""

import pytest

from tests.library.conftest import Author

PLANTED = [
    ("key-numbers.yaml", 'value: "86,400"', "value: ¦86400", "`value`: expected text, got 86400; put it in quotes"),
    ("key-numbers.yaml", "24 * 3600 == 86400", "¦24 * 3600 == 1", "calc `24 * 3600 == 1` does not hold"),
    ("key-numbers.yaml", "source: book}", "source: ¦bok}", "source `bok` is not declared under `sources`. Did you"),
    ("key-numbers.yaml", "groups:", "extra: 1\n¦group:", "unknown field `group`. Did you mean `groups`?"),
    ("key-numbers.yaml", "{book: {title: A book}}", "¦[book]", "`sources`: expected a mapping, got a list"),
    ("key-numbers.yaml", "{book: {title: A book}}", "{book: {¦titel: A book}}", "unknown field `titel`. Did you mean"),
    ("checklist.yaml", "id: ref-check-water", "id: ¦ref-check-video", "the id `ref-check-video` is already used at"),
    ("key-numbers.yaml", "id: ref-day", "id: ¦ref-check-video", "the id `ref-check-video` is already used at pack/"),
    ("checklist.yaml", "id: ref-check-water", "id: ¦Water", "`id`: expected an id"),
    ("interview-craft.yaml", "text: Say what you weigh.", "text: ¦[]", "`text`: expected text, got a list"),
    ("interview-craft.yaml", "source: book", "source: ¦bok", "source `bok` is not declared"),
    ("essentials.yaml", "steps: [Understand", "steps: [¦1", "`steps`: expected text, got 1; put it in quotes"),
    ("essentials.yaml", "groups:\n", "groups:\n  - {title: Coding, steps: [Once]}\n", "`Coding` is already used at"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "said"), PLANTED)
def test_a_fault_of_a_page(author: Author, file: str, old: str, new: str, said: str) -> None:
    if "¦" not in new:
        new, old = f"{new}  - {{title: ¦Coding, steps: [Under", "groups:\n  - {title: Coding, steps: [Under"
    place = author.plant(f"reference/{file}", old, new)
    found = author.problems()
    assert any(problem.startswith(f"{place}: {said}") for problem in found)
    expected = 3 if "extra" in new else 1  # a list by another name is missing, too
    assert len(found) == expected


def test_the_other_groups_stay(author: Author) -> None:
    author.edit("reference/checklist.yaml", "groups:\n", "groups:\n  - {titel: x, items: []}\n")
    library, problems = author.checked()
    assert [problem.origin.line for problem in problems] == [2]
    assert [group.title for group in library.reference.pages["checklist"]] == ["The day before"]


@pytest.mark.parametrize("name", ["key-number.yaml", "checklist.yml"])
def test_a_page_that_nothing_reads(author: Author, name: str) -> None:
    author.write(f"reference/{name}", "groups: []")
    (said,) = author.problems()
    assert said.startswith(f"pack/reference/{name}:1:1: nothing reads this file. Did you mean `")


@pytest.mark.parametrize("text", ["groups: one\n", "groups:\n", "sources: {}\n"])
def test_a_page_without_its_list(author: Author, text: str) -> None:
    author.write("reference/essentials.yaml", text)
    (said,) = author.problems()
    assert "`groups`: expected a list" in said
