"""The whole way with Anki itself: what is imported twice is updated once and keeps its schedule."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from studyapp.domain.cards import Card, CardKind
from studyapp.domain.events import EventKind
from studyapp.domain.topics import Library
from studyapp.interop import anki_csv, anki_package, answers, pack
from studyapp.interop.note import Note, note
from studyapp.library.load import assemble, read_pack
from studyapp.store import transfer
from studyapp.study.study import Study
from tests.interop.conftest import needs, needs_anki, needs_extra

pytestmark = [needs_anki, needs_extra, needs("genanki", "extra `anki`"), needs("zstandard", "extra `anki`")]
AT = 1_790_000_000_000


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Any]:
    """An empty collection of Anki's."""
    from anki.collection import Collection

    (tmp_path / "anki").mkdir()
    opened = Collection(str(tmp_path / "anki" / "collection.anki2"))
    yield opened
    opened.close()


def import_text(collection: Any, text: str, path: Path) -> Any:
    """Import a text file as Anki's dialog would, without touching an option."""
    from anki.collection import ImportCsvRequest

    path.write_text(text, "utf-8")
    metadata = collection.get_csv_metadata(str(path), None)
    return collection.import_csv(ImportCsvRequest(path=str(path), metadata=metadata)).log


def import_package(collection: Any, path: Path) -> Any:
    from anki.collection import ImportAnkiPackageOptions, ImportAnkiPackageRequest

    request = ImportAnkiPackageRequest(package_path=str(path), options=ImportAnkiPackageOptions())
    return collection.import_anki_package(request).log


def export_package(collection: Any, path: Path, legacy: bool) -> Path:
    from anki.collection import ExportAnkiPackageOptions

    options = ExportAnkiPackageOptions(with_scheduling=True, with_media=False, legacy=legacy)
    collection.export_anki_package(out_path=str(path), options=options, limit=None)
    return path


def answer(collection: Any, guid: str, ease: int = 4) -> Any:
    """Answer the first card of a note in Anki's own scheduler; the card as it then is."""
    card = collection.get_card(collection.card_ids_of_note(_note_id(collection, guid))[0])
    card.start_timer()
    collection.sched.answerCard(card, ease)
    return collection.get_card(card.id)


def edit(collection: Any, guid: str, field: int, text: str) -> None:
    """Edit one field of a note in Anki."""
    changed = collection.get_note(_note_id(collection, guid))
    changed.fields[field] = text
    collection.update_note(changed)


def _note_id(collection: Any, guid: str) -> int:
    return int(collection.db.scalar("SELECT id FROM notes WHERE guid = ?", guid))


def every_note(library: Library, front_of: str = "", front: str = "") -> list[Note]:
    """All cards as notes; one of them with another front."""
    cards = [card for topic in library.topics.values() for card in topic.cards]
    return [note(replace(card, front=front) if card.id == front_of else card) for card in cards]


def every_field(collection: Any) -> dict[str, str]:
    """The fields of every note by its guid."""
    return dict(collection.db.all("SELECT guid, flds FROM notes"))


def asked(collection: Any, guid: str) -> int:
    """How many cards Anki makes of a note."""
    return len(collection.card_ids_of_note(_note_id(collection, guid)))


def test_text_twice_updates_one_note_and_keeps_its_interval(study: Study, collection: Any, tmp_path: Path) -> None:
    first = import_text(collection, anki_csv.write(every_note(study.library)), tmp_path / "cards.csv")
    assert (len(first.new), len(first.missing_notetype)) == (8, 0)
    assert [asked(collection, f"alpha-{name}") for name in ("basic", "reversed", "cloze", "typed")] == [1, 2, 2, 1]
    before = answer(collection, "alpha-basic")
    assert before.ivl > 0
    again = every_note(study.library, "alpha-basic", "What does Alpha need **before all**?")
    second = import_text(collection, anki_csv.write(again), tmp_path / "cards.csv")
    assert (len(second.new), len(second.updated), len(second.duplicate)) == (0, 1, 7)
    assert collection.note_count() == 8
    after = collection.get_card(before.id)
    assert (after.ivl, after.due, after.reps) == (before.ivl, before.due, before.reps)
    assert after.note().fields[0] == "What does Alpha need <strong>before all</strong>?"


def test_a_package_twice_updates_one_note_and_keeps_its_interval(study: Study, collection: Any, tmp_path: Path) -> None:
    path = tmp_path / "cards.apkg"
    anki_package.write(every_note(study.library), path, AT)
    assert len(import_package(collection, path).new) == 8
    assert [asked(collection, f"alpha-{name}") for name in ("basic", "reversed", "cloze", "typed")] == [1, 2, 2, 1]
    assert collection.decks.by_name("studyapp::beta") is not None
    before = answer(collection, "alpha-basic")
    anki_package.write(every_note(study.library, "alpha-basic", "Edited?"), path, AT + 60_000)
    fields = every_field(collection)
    import_package(collection, path)
    changed = {guid for guid, there in every_field(collection).items() if there != fields[guid]}
    assert (changed, collection.note_count()) == ({"alpha-basic"}, 8)
    after = collection.get_card(before.id)
    assert (after.ivl, after.due, after.reps) == (before.ivl, before.due, before.reps)
    assert after.note().fields[0] == "Edited?"


@pytest.mark.parametrize("legacy", [True, False], ids=["anki21", "anki21b"])
def test_what_was_edited_and_added_in_anki_comes_back(
    study: Study, collection: Any, tmp_path: Path, legacy: bool
) -> None:
    anki_package.write(every_note(study.library), tmp_path / "cards.apkg", AT)
    import_package(collection, tmp_path / "cards.apkg")
    edit(collection, "alpha-typed", 1, "studyapp topics --json")
    edit(collection, "beta-cloze", 0, "In beta a day has {{c1::86 400}} seconds &amp; {{c2::24}} hours.")
    add(collection, "Basic", ["¿Y <b>eso</b>?", "x &lt; y"], "Français::Kapitel 1")
    add(collection, "Cloze", ["A {{c1::blank}}", "more"], "studyapp::alpha")
    add(collection, "Basic (type in the answer)", ["Type", "it <i>all</i>"], "studyapp::alpha")
    add(collection, "Basic (and reversed card)", ["there", "back"], "studyapp::alpha")
    add(collection, "Basic", ["A front alone", ""], "studyapp::alpha")
    given = anki_package.read(export_package(collection, tmp_path / "out.apkg", legacy))
    found = pack.compare(given.notes, study.library)
    assert (found.unchanged, found.edited, found.new, len(found.left_out)) == (6, 2, 4, 1)
    assert "a side of it is empty" in found.left_out[0]
    folder = tmp_path / "pack"
    pack.write(found, folder)
    read = read_pack(folder, "pack")
    assert not read.problems
    both = assemble([read_pack(study.places.content, "content"), read])
    assert not both.problems
    check_cards(both, study.library)


def add(collection: Any, notetype: str, fields: list[str], deck: str) -> None:
    """Write a note in Anki."""
    made = collection.new_note(collection.models.by_name(notetype))
    made.fields = fields
    collection.add_note(made, collection.decks.id(deck))


def check_cards(both: Library, before: Library) -> None:
    """What the pack came to, laid over the content."""
    cards, ours = pack.cards_by_id(both), pack.cards_by_id(before)
    typed, cloze = cards["alpha-typed"], cards["beta-cloze"]
    assert (typed.accept, typed.about.sources) == (
        ("studyapp topics --json", "topics"),
        ours["alpha-typed"].about.sources,
    )
    assert cloze.front == "In beta a day has {{c1::86 400}} seconds & {{c2::24}} hours."
    assert cloze.about.calc == ours["beta-cloze"].about.calc
    assert cards["alpha-basic"].back == ours["alpha-basic"].back
    new: dict[str, Card] = {card.front: card for id_, card in cards.items() if id_ not in ours}
    assert new["¿Y **eso**?"].topic == "kapitel-1"
    assert both.topics["kapitel-1"].title == "Kapitel 1"
    assert new["¿Y **eso**?"].back == "x \\< y"
    assert (new["A {{c1::blank}}"].kind, new["A {{c1::blank}}"].about.explain) == (CardKind.CLOZE, "more")
    assert (new["Type"].kind, new["Type"].accept) == (CardKind.TYPEIN, ("it all",))
    assert (new["there"].kind, new["there"].topic) == (CardKind.REVERSED, "alpha")


@pytest.mark.parametrize("legacy", [True, False], ids=["anki21", "anki21b"])
def test_reviews_made_in_anki_come_in_once(study: Study, collection: Any, tmp_path: Path, legacy: bool) -> None:
    anki_package.write(every_note(study.library), tmp_path / "cards.apkg", AT)
    import_package(collection, tmp_path / "cards.apkg")
    add(collection, "Basic", ["own", "card"], "Default")
    own = collection.db.scalar("SELECT guid FROM notes ORDER BY id DESC")
    for guid, ease in (("alpha-basic", 4), ("alpha-cloze", 3), ("alpha-reversed", 1), (own, 3)):
        answer(collection, guid, ease)
    given = anki_package.read(export_package(collection, tmp_path / "out.apkg", legacy))
    assert len(given.answers) == 4
    events = list(answers.events(given.answers, study.library))
    assert transfer.bring_in(study.progress, events) == transfer.Merged(3, 3)
    assert transfer.bring_in(study.progress, events) == transfer.Merged(3, 0)
    reviewed = {event.subject: int(event.value) for event in study.progress.events(EventKind.REVIEW)}
    assert reviewed == {"alpha-basic": 4, "alpha-cloze#c1": 3, "alpha-reversed#forward": 1}
    assert study.progress.state("alpha-basic").memory.reps == 1


def test_a_text_file_exported_by_anki_is_read(study: Study, collection: Any, tmp_path: Path) -> None:
    import_text(collection, anki_csv.write(every_note(study.library)), tmp_path / "cards.csv")
    edit(collection, "alpha-basic", 0, "Edited in <b>Anki</b>?")
    out = tmp_path / "notes.txt"
    collection.export_note_csv(
        out_path=str(out),
        limit=None,
        with_html=True,
        with_tags=True,
        with_deck=True,
        with_notetype=True,
        with_guid=True,
    )
    found = pack.compare(anki_csv.read(out.read_text("utf-8")), study.library)
    assert (found.unchanged, found.edited, found.new) == (7, 1, 0)
    (item,) = found.cards["alpha"]
    assert (item["front"], item["back"], item["questions"]) == (
        "Edited in **Anki**?",
        "A measurement.",
        ["alpha-q-single"],
    )
