"""Anki's text files: what its header lines tell the importer is in docs.ankiweb.net/importing/text-files.html.

Rows carry the note's guid, so a second import changes the note and leaves its schedule alone.
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping

from studyapp.domain.cards import BLANK, CardKind
from studyapp.interop.note import LINE, ExchangeError, Note

NOTETYPES = {
    CardKind.BASIC: "Basic",
    CardKind.REVERSED: "Basic (and reversed card)",
    CardKind.CLOZE: "Cloze",
    CardKind.TYPEIN: "Basic (type in the answer)",
}
HEADER = """\
#separator:Comma
#html:true
#guid column:1
#notetype column:2
#deck column:3
#tags column:4
#columns:guid,notetype,deck,tags,front,back
"""
SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "space": " ", "pipe": "|", "colon": ":"}
SPECIAL = ("guid", "notetype", "deck", "tags")
MOST_CHARACTERS = 10_000_000  # in one field
_BARE = (CardKind.REVERSED, CardKind.TYPEIN)  # whose second side is itself asked, or compared with what is typed


def write(notes: Iterable[Note]) -> str:
    """The notes as a text file of Anki's, for the note types that every English collection has."""
    out = io.StringIO()
    out.write(HEADER)
    rows = csv.writer(out, lineterminator="\n")
    for note in notes:
        rows.writerow([note.guid, NOTETYPES[note.kind], note.deck, " ".join(note.tags), *_two_fields(note)])
    return out.getvalue()


def read(text: str) -> list[Note]:
    """The notes of a text file. Raises ExchangeError when it is none."""
    lines = text.removeprefix("\ufeff").split("\n")
    count = next((place for place, line in enumerate(lines) if not line.startswith("#")), len(lines))
    header = dict(_header(lines[:count]))
    separator = _separator(header.get("separator", ""), lines[count] if count < len(lines) else "")
    body = io.StringIO("\n".join(lines[count:]), newline="")
    csv.field_size_limit(MOST_CHARACTERS)
    try:
        rows = csv.reader(body, delimiter=separator, strict=True)
        return [_note(row, header) for row in rows if any(cell.strip() for cell in row)]
    except (csv.Error, ValueError, TypeError) as error:
        raise ExchangeError(f"this is no text file of Anki's: {error}") from None


def _two_fields(note: Note) -> tuple[str, str]:
    front, back = note.fields[:2]
    if note.kind in _BARE or not note.more:
        return front, back
    return front, f"{back}\n{LINE}\n{note.more}"


def _header(lines: list[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        key, _, value = line[1:].rstrip("\r").partition(":")
        yield key.strip().lower(), value if key == "separator" else value.strip()


def _separator(named: str, first: str) -> str:
    """The separator that the header names, or the one that the first row seems to use."""
    if named:
        return SEPARATORS.get(named.strip().lower(), named[:1])
    return next((sign for sign in "\t;,|" if sign in first), "\t")


def _note(row: list[str], header: Mapping[str, str]) -> Note:
    columns = {name: int(header.get(f"{name} column", "0") or 0) for name in SPECIAL}
    cells = {name: row[place - 1].strip() for name, place in columns.items() if 0 < place <= len(row)}
    fields = tuple(cell for place, cell in enumerate(row, 1) if place not in columns.values())
    if header.get("html", "true").lower() == "false":
        fields = tuple(_as_html(field) for field in fields)
    return Note(
        guid=cells.get("guid") or _guid(fields),
        kind=_kind(cells.get("notetype", header.get("notetype", "")), fields),
        fields=fields,
        deck=cells.get("deck", header.get("deck", "")),
        tags=(*cells.get("tags", "").split(), *header.get("tags", "").split()),
    )


def _kind(notetype: str, fields: tuple[str, ...]) -> CardKind:
    """How a note asks, from its type's name; in a collection of another language the blanks still show a cloze."""
    known = {name: kind for kind, name in NOTETYPES.items()}
    if fields and BLANK.search(fields[0]):
        return CardKind.CLOZE
    return known.get(notetype, CardKind.BASIC)


def _guid(fields: tuple[str, ...]) -> str:
    """A stand-in for the guid of a file that has none: the same first field is the same note."""
    return hashlib.blake2s("".join(fields[:1]).encode(), digest_size=8).hexdigest()


def _as_html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>")
