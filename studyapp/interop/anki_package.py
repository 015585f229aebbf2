"""Anki's packages (.apkg): written through genanki, read as the SQLite database that is in them.

Two generations are read: one keeps note types and decks as JSON (collection.anki2, collection.anki21); the other has
tables for them and is compressed (collection.anki21b).
"""

import hashlib
import json
import re
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from studyapp import extras
from studyapp.domain.cards import CardKind
from studyapp.interop.note import Answer, ExchangeError, Note

COLLECTIONS = ("collection.anki21b", "collection.anki21", "collection.anki2")  # the newest that is there counts
MOST_BYTES = 1 << 30
CHUNK = 1 << 20
FIELD_BREAK = "\x1f"
MODEL_IDS = {kind: 1_763_900_000_001 + place for place, kind in enumerate(CardKind)}  # minted once
_MORE = "{{#More}}<hr>{{More}}{{/More}}"
_SIDES = {
    CardKind.BASIC: [("{{Front}}", f"{{{{FrontSide}}}}<hr id=answer>{{{{Back}}}}{_MORE}")],
    CardKind.REVERSED: [
        ("{{Front}}", f"{{{{FrontSide}}}}<hr id=answer>{{{{Back}}}}{_MORE}"),
        ("{{Back}}", f"{{{{FrontSide}}}}<hr id=answer>{{{{Front}}}}{_MORE}"),
    ],
    CardKind.CLOZE: [("{{cloze:Front}}", f"{{{{cloze:Front}}}}{_MORE}")],
    CardKind.TYPEIN: [("{{Front}}<br>{{type:Back}}", f"{{{{Front}}}}<hr id=answer>{{{{type:Back}}}}{_MORE}")],
}
_CSS = ".card { font-family: sans-serif; font-size: 18px; } pre { text-align: left; }"
_RATED = (0, 1, 2)  # learning, review and relearning; filtered decks and changes by hand rate nothing
_DECKS = "SELECT nid, CASE odid WHEN 0 THEN did ELSE odid END FROM cards ORDER BY ord DESC"
_ANSWERS = """
SELECT notes.guid, cards.ord, revlog.id, revlog.ease, revlog.time, revlog.type
FROM revlog JOIN cards ON cards.id = revlog.cid JOIN notes ON notes.id = cards.nid ORDER BY revlog.id
"""


@dataclass(frozen=True, slots=True)
class Package:
    """What a package holds for us."""

    notes: list[Note]
    answers: list[Answer]


def write(notes: Iterable[Note], path: Path, at: int) -> None:
    """Write the notes as a package made at a moment. Raises MissingExtra without the extra `anki`."""
    genanki = extras.load("genanki", "anki", "Writing a package")
    models = {kind: _model(genanki, kind) for kind in CardKind}
    decks: dict[str, Any] = {}
    for note in notes:
        deck = decks.setdefault(note.deck, genanki.Deck(_deck_id(note.deck), note.deck))
        fields = [*note.fields[:2], note.more]
        deck.add_note(genanki.Note(models[note.kind], fields, tags=list(note.tags), guid=note.guid))
    genanki.Package(list(decks.values())).write_to_file(path, timestamp=at / 1000)


def read(path: Path) -> Package:
    """The notes and reviews of a package. Raises ExchangeError when it is none, MissingExtra when it is compressed."""
    with tempfile.TemporaryDirectory(prefix="studyapp-") as folder:
        database = Path(folder) / "collection.db"
        try:
            with zipfile.ZipFile(path) as package, database.open("wb") as out:
                _unpack(package, out)
            with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as collection:
                collection.execute("PRAGMA trusted_schema = OFF")
                return Package(list(_notes(collection)), list(_answers(collection)))
        except (zipfile.BadZipFile, sqlite3.Error, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ExchangeError(f"this is no package of Anki's, or a damaged one ({error})") from None


def _model(genanki: Any, kind: CardKind) -> Any:
    sides = [{"name": f"Card {number}", "qfmt": q, "afmt": a} for number, (q, a) in enumerate(_SIDES[kind], 1)]
    fields = [{"name": name} for name in ("Front", "Back", "More")]
    shape = genanki.Model.CLOZE if kind is CardKind.CLOZE else genanki.Model.FRONT_BACK
    return genanki.Model(MODEL_IDS[kind], f"studyapp {kind}", fields, sides, css=_CSS, model_type=shape)


def _deck_id(name: str) -> int:
    return 1 << 40 | int.from_bytes(hashlib.blake2s(name.encode(), digest_size=5).digest(), "big")


def _unpack(package: zipfile.ZipFile, out: IO[bytes]) -> None:
    """Write out the newest collection in a package."""
    there = package.namelist()
    name = next((name for name in COLLECTIONS if name in there), None)
    if name is None:
        raise ExchangeError("there is no collection in this file; export it from Anki as a deck package (.apkg)")
    with package.open(name) as packed:
        if not name.endswith("b"):
            _copy(packed, out)
            return
        zstandard = extras.load("zstandard", "anki", "Reading a compressed package")
        try:
            _copy(zstandard.ZstdDecompressor().stream_reader(packed), out)
        except zstandard.ZstdError as error:
            raise ExchangeError(f"its collection is damaged ({error})") from None


def _copy(stream: Any, out: IO[bytes]) -> None:
    written = 0
    while chunk := stream.read(CHUNK):
        written += out.write(chunk)
        if written > MOST_BYTES:
            raise ExchangeError(f"its collection is larger than {MOST_BYTES >> 20} MiB")


def _notes(collection: sqlite3.Connection) -> Iterator[Note]:
    kinds, names = _generation(collection)
    deck_of: dict[int, int] = dict(collection.execute(_DECKS))  # where cards lie in several, that of the first
    for id_, guid, model, tags, fields in collection.execute("SELECT id, guid, mid, tags, flds FROM notes ORDER BY id"):
        deck = names.get(deck_of.get(id_, 0), "")
        yield Note(guid, kinds.get(model, CardKind.BASIC), tuple(fields.split(FIELD_BREAK)), deck, tuple(tags.split()))


def _generation(collection: sqlite3.Connection) -> tuple[dict[int, CardKind], dict[int, str]]:
    """How each note type asks, and the name of each deck."""
    tables = {row[0] for row in collection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if "notetypes" not in tables:
        models, decks = map(json.loads, collection.execute("SELECT models, decks FROM col").fetchone())
        kinds = {int(id_): _asks([side["qfmt"] for side in model["tmpls"]]) for id_, model in models.items()}
        return kinds, {int(id_): deck["name"] for id_, deck in decks.items()}
    asked: dict[int, list[str]] = {}
    for id_, config in collection.execute("SELECT ntid, config FROM templates ORDER BY ntid, ord"):
        asked.setdefault(id_, []).append(config.decode("utf-8", "replace"))  # the template stands in it as it is
    named = collection.execute("SELECT id, name FROM decks")
    kinds = {id_: _asks(sides) for id_, sides in asked.items()}
    return kinds, {id_: name.replace(FIELD_BREAK, "::") for id_, name in named}


def _asks(sides: list[str]) -> CardKind:
    """How a note type asks, from the templates of its questions."""
    if any(re.search(r"{{[^}]*\bcloze:", side) for side in sides):
        return CardKind.CLOZE
    if any(re.search(r"{{[^}]*\btype:", side) for side in sides):
        return CardKind.TYPEIN
    return CardKind.REVERSED if len(sides) == 2 else CardKind.BASIC


def _answers(collection: sqlite3.Connection) -> Iterator[Answer]:
    for guid, part, at, grade, duration, kind in collection.execute(_ANSWERS):
        if kind in _RATED and grade in (1, 2, 3, 4):
            yield Answer(guid, part, at, grade, max(0, duration))
