"""Packs over each other: a later one replaces by id, adds to a topic, adds topics; a broken file hurts only itself."""

from pathlib import Path

import pytest

from studyapp.domain.topics import Library
from studyapp.library.load import assemble, read_pack
from tests.content import write_topic
from tests.library.conftest import Author

REPLACED = """\
cards:
  - {id: gamma-basic, kind: basic, front: What do I ask first?, back: A number., source: mine}
  - {id: gamma-own, kind: basic, front: What is mine?, back: This card., source: book, questions: [gamma-q-single]}
"""
MINE = "slug: gamma\ntitle: My gamma\norder: 5\nsources:\n  mine: {title: My notes}\n"


def laid(*roots: Path) -> Library:
    return assemble([read_pack(root, root.name) for root in roots])


def test_a_later_pack_replaces_by_id_in_place_and_adds(shipped: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mine" / "gamma"
    folder.mkdir(parents=True)
    (folder / "cards.yaml").write_text(REPLACED)
    (folder / "notes.md").write_text("## My section\n\nMine.\n")
    library = laid(shipped, tmp_path / "mine")
    topic = library.topics["gamma"]
    assert library.problems == ()
    assert [card.id for card in topic.cards] == [f"gamma-{n}" for n in ("basic", "reversed", "cloze", "typed", "own")]
    assert topic.cards[0].back == "A number."
    assert str(topic.cards[0].about.origin) == "mine/gamma/cards.yaml:2:5"
    assert str(topic.cards[1].about.origin).startswith("shipped/gamma/")
    assert (topic.title, len(topic.questions)) == ("Gamma", 8)
    assert [section.slug for section in topic.sections] == ["first-things", "then", "my-section"]
    assert topic.cards[4].about.sources[0].title == "A book, 2020"  # shipped sources may be cited
    assert library.prompts["gamma-basic"].back == "A number."


def test_a_pack_may_open_the_topic_anew_and_declare_sources(shipped: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mine" / "gamma"
    folder.mkdir(parents=True)
    (folder / "cards.yaml").write_text(REPLACED)
    (folder / "topic.yaml").write_text(MINE)
    topic = laid(shipped, tmp_path / "mine").topics["gamma"]
    assert (topic.title, topic.order) == ("My gamma", 5)
    assert topic.cards[0].about.sources[0].title == "My notes"


def test_a_new_slug_is_a_new_topic_in_its_order(shipped: Path, tmp_path: Path) -> None:
    write_topic(tmp_path / "mine", "delta", order=0)
    library = laid(shipped, tmp_path / "mine")
    assert list(library.topics) == ["delta", "gamma"]
    assert len(library.questions) == 16


def test_reference_groups_are_replaced_by_title(author: Author, tmp_path: Path) -> None:
    mine = tmp_path / "mine" / "reference"
    mine.mkdir(parents=True)
    (mine / "checklist.yaml").write_text(
        "groups:\n  - {title: The day before, items: [{id: ref-mine, text: Sleep}]}\n  - {title: After, items: []}\n"
    )
    library = laid(author.root, tmp_path / "mine")
    assert [(group.title, len(group.entries)) for group in library.reference.pages["checklist"]] == [
        ("The day before", 1),
        ("After", 0),
    ]
    assert len(library.reference.pages) == 4


def test_an_addition_to_no_topic_is_named_with_the_near_one(shipped: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mine" / "gama"
    folder.mkdir(parents=True)
    (folder / "cards.yaml").write_text(REPLACED)
    (problem,) = laid(shipped, tmp_path / "mine").problems
    assert str(problem).startswith("mine/gama:1:1: there is no topic.yaml in this folder, and no topic `gama`")
    assert problem.message.endswith("Did you mean `gamma`?")


@pytest.mark.parametrize("file", ["topic.yaml", "cards.yaml", "quiz.yaml"])
def test_a_broken_file_leaves_all_else_usable(author: Author, file: str) -> None:
    author.write(f"beta/{file}", "a: [")
    library = laid(author.root)
    assert [problem.origin.file for problem in library.problems] == [f"pack/beta/{file}"]
    assert len(library.topics["alpha"].items) == 13
    beta = library.topics["beta"]
    assert len(beta.items) == {"topic.yaml": 12, "cards.yaml": 8, "quiz.yaml": 4}[file]
    assert beta.title == ("beta" if file == "topic.yaml" else "Beta")


def test_a_root_may_be_one_topic_named_by_its_real_folder(author: Author, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(author.root / "alpha")
    pack = read_pack(Path("."), ".")
    assert [files.folder for files in pack.topics] == ["alpha"]
    assert pack.problems == ()
    assert str(assemble([pack]).topics["alpha"].cards[0].about.origin) == "./cards.yaml:2:5"
    (author.root / "alpha" / "topic.yaml").unlink()
    (problem,) = assemble([read_pack(Path("."), ".")]).problems
    assert "there is no topic.yaml" in problem.message


def test_the_reference_folder_may_be_read_alone(author: Author) -> None:
    pack = read_pack(author.root / "reference", "reference")
    assert len(pack.reference.pages) == 4
    assert pack.problems == ()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: None, "there is no such folder"),
        (lambda path: path.mkdir(), "there is no topic in this folder"),
        (lambda path: path.write_text("x"), "cannot be read as a folder: Not a directory"),
        (lambda path: path.symlink_to(path), "there is no such folder"),
    ],
)
def test_a_root_that_is_no_content_folder(tmp_path: Path, make: object, said: str) -> None:
    make(tmp_path / "root")  # type: ignore[operator]
    pack = read_pack(tmp_path / "root", "root")
    assert [str(problem).partition("; ")[0] for problem in pack.problems] == [f"root:1:1: {said}"]


def test_items_beside_the_topic_folders_are_named(author: Author) -> None:
    author.write("cards.yaml", "cards: []")
    author.write("README.md", "about this pack")
    (author.root / ".git").mkdir()
    (author.root / "_drafts").mkdir()
    (problem,) = author.problems()
    assert problem == "pack/cards.yaml:1:1: nothing reads this file; items stand in a folder for each topic"


def test_an_id_minted_twice_names_both_places(author: Author) -> None:
    place = author.plant("beta/quiz.yaml", "- id: beta-q-short", "- ¦id: alpha-basic")
    (said,) = author.problems()
    assert said == f"{place}: the id `alpha-basic` is already used at pack/alpha/cards.yaml:2:5; mint another"
