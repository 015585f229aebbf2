"""Notes as content: ours stay as they are unless edited, others become cards that the app can ask."""

import tempfile
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from studyapp.domain.cards import CardKind
from studyapp.domain.topics import Library, Reference
from studyapp.interop import pack
from studyapp.interop.note import ExchangeError, Note, note, notes
from studyapp.library.load import read_pack
from studyapp.study.study import Study
from tests.interop.conftest import needs_extra

pytestmark = needs_extra
NOTHING = Library.of([], Reference())


def test_notes_that_nobody_edited_are_no_content(study: Study) -> None:
    found = pack.compare(notes(study.library), study.library)
    assert (found.unchanged, found.cards) == (8, {})


@pytest.mark.parametrize("name", ["basic", "reversed", "cloze", "typed"])
def test_an_edited_front_takes_the_place_of_ours_and_the_rest_stays(study: Study, name: str, tmp_path: Path) -> None:
    card = pack.cards_by_id(study.library)[f"alpha-{name}"]
    mine = note(card)
    edited = Note(mine.guid, mine.kind, ("{{c1::New}} <b>front</b>", *mine.fields[1:]), mine.deck)
    found = pack.compare([edited], study.library)
    pack.write(found, tmp_path / "pack")
    (read,) = read_pack(tmp_path / "pack", "pack").topics
    shape = read.cards[0].shape
    written = yaml.safe_load((study.places.content / "alpha" / "cards.yaml").read_text("utf-8"))["cards"]
    (original,) = (item for item in written if item["id"] == card.id)
    side = "text" if name == "cloze" else "front"
    assert getattr(shape, side) == "{{c1::New}} **front**"
    for key, value in original.items():
        if key not in (side, "kind"):
            there = getattr(shape, key)
            assert there == value or there == [value]


def test_ids_stay_and_differ() -> None:
    assert pack.card_id("k8s-object-chain") == "k8s-object-chain"
    odd = [pack.card_id(guid) for guid in ("iK0x}b^Gq,", "ik0x}b^gq,", "Upper", "x" * 90, "")]
    assert len(set(odd)) == 5
    assert all(pack.ID.fullmatch(one) for one in odd)
    assert odd[0] == pack.card_id("iK0x}b^Gq,")


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (Note("a", CardKind.BASIC, ("front", "")), "a side of it is empty"),
        (Note("a", CardKind.BASIC, ("", "back")), "a side of it is empty"),
        (Note("a", CardKind.BASIC, ()), "a side of it is empty"),
        (Note("a", CardKind.TYPEIN, ("front", "<i></i>", "more")), "a side of it is empty"),
        (Note("a", CardKind.CLOZE, ("no blank", "")), "there is no blank in it"),
        (Note("a", CardKind.CLOZE, ("{{c1::x}} {{c2:: y", "")), "not closed"),
    ],
)
def test_what_cannot_be_asked_is_left_out_with_the_reason(one: Note, said: str) -> None:
    found = pack.compare([one], NOTHING)
    assert found.cards == {}
    assert said in found.left_out[0]


def test_a_deck_without_latin_letters_is_a_topic_too(tmp_path: Path) -> None:
    found = pack.compare([Note("a", CardKind.BASIC, ("f", "b"), "日本語")], NOTHING)
    pack.write(found, tmp_path)
    (files,) = read_pack(tmp_path, "pack").topics
    assert files.topic is not None
    assert files.topic.title == "日本語"


def test_pictures_and_sounds_are_counted() -> None:
    found = pack.compare([Note("a", CardKind.BASIC, ('<img src="x.png">f', "b [sound:y.mp3]"))], NOTHING)
    assert found.with_media == 1


def test_importing_again_writes_anew_but_nothing_of_anyone_elses(tmp_path: Path) -> None:
    for back in ("one", "two"):
        pack.write(pack.compare([Note("a", CardKind.BASIC, ("f", back), "Deck")], NOTHING), tmp_path)
        assert back in (tmp_path / "deck" / "cards.yaml").read_text("utf-8")
    (tmp_path / "deck" / "cards.yaml").write_text("cards: []\n", "utf-8")
    with pytest.raises(ExchangeError, match=r"cards\.yaml was not made by an import"):
        pack.write(pack.compare([Note("a", CardKind.BASIC, ("f", "three"), "Deck")], NOTHING), tmp_path)
    assert (tmp_path / "deck" / "cards.yaml").read_text("utf-8") == "cards: []\n"


@given(st.lists(st.tuples(st.text(max_size=40), st.text(max_size=40), st.sampled_from(CardKind)), max_size=6))
def test_whatever_is_in_the_fields_the_pack_can_be_read(fields: list[tuple[str, str, CardKind]]) -> None:
    given_notes = [Note(f"n{place}", kind, (front, back), "D") for place, (front, back, kind) in enumerate(fields)]
    found = pack.compare(given_notes, NOTHING)
    with tempfile.TemporaryDirectory() as folder:
        pack.write(found, Path(folder))
        if found.cards:
            read = read_pack(Path(folder), "pack")
            assert not read.problems
            assert len(read.topics[0].cards) == found.new
