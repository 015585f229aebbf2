"""Notes of Anki's as a pack of content: what was edited there takes the place of ours, what is new is added."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import yaml

from studyapp.domain.cards import Card, CardKind
from studyapp.domain.topics import Library
from studyapp.interop.markup import has_media, to_markdown, to_text
from studyapp.interop.note import LINE, ExchangeError, Note, sides
from studyapp.library.rules.structure import faults
from studyapp.library.shapes import CARD_KINDS
from studyapp.library.topic_folder import heading_slug

MADE = "# Made by `studyapp import anki`; importing into this folder again writes it anew.\n"
ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_ID = 80

Item = dict[str, Any]


@dataclass(slots=True)
class Pack:
    """Cards by topic, the titles of topics that are new, and what was not taken, with the reason."""

    cards: dict[str, list[Item]] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    unchanged: int = 0
    edited: int = 0
    new: int = 0
    with_media: int = 0
    left_out: list[str] = field(default_factory=list)


def card_id(guid: str) -> str:
    """The id of the card that a note becomes: its guid where that is one, else an id that stays the same."""
    if ID.fullmatch(guid) and len(guid) <= LONGEST_ID:
        return guid
    return f"anki-{hashlib.blake2s(guid.encode(), digest_size=6).hexdigest()}"


def cards_by_id(library: Library) -> dict[str, Card]:
    """Every card of a library."""
    return {card.id: card for topic in library.topics.values() for card in topic.cards}


def compare(notes: Iterable[Note], library: Library) -> Pack:
    """What the notes hold beyond the library."""
    pack, ours = Pack(), cards_by_id(library)
    for note in notes:
        card = ours.get(card_id(note.guid))
        item = _edited(note, card) if card else _new(note)
        if item is None:
            pack.unchanged += 1
        elif wrong := _wrong(item):
            pack.left_out.append(f"{item['id']} ({to_text(''.join(note.fields[:1]))[:50]}): {wrong}")
        else:
            pack.edited += card is not None
            pack.new += card is None
            pack.with_media += any(map(has_media, note.fields))
            pack.cards.setdefault(card.topic if card else _topic(note, library, pack), []).append(item)
    return pack


def write(pack: Pack, folder: Path) -> None:
    """Write the pack below a folder. Raises ExchangeError, writing nothing, where another file is in the way."""
    files = {folder / slug / "cards.yaml": _yaml({"cards": cards}) for slug, cards in pack.cards.items()}
    for slug, title in pack.titles.items():
        files[folder / slug / "topic.yaml"] = _yaml({"slug": slug, "title": title})
    try:
        for path in files:
            if path.exists() and not path.read_text("utf-8", "replace").startswith(MADE):
                raise ExchangeError(f"{path} was not made by an import and is left alone; name another folder")
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(MADE + text, "utf-8")
    except OSError as error:
        raise ExchangeError(f"{error.filename}: cannot be written ({error.strerror})") from None


def _edited(note: Note, card: Card) -> Item | None:
    """The card with the sides that were edited in Anki; None where none was."""
    theirs = [one.partition(LINE)[0] for one in (*note.fields, "")[:2]]
    changed = [not _same(new.strip(), old) for new, old in zip(theirs, sides(card), strict=True)]
    if card.kind is CardKind.CLOZE:
        changed[1] = False  # its second field is ours alone
    if not any(changed):
        return None
    about, item = card.about, _as_written(card)
    for name, field_, edited in zip(_side_names(card.kind), theirs, changed, strict=False):
        if edited:
            item[name] = to_text(field_) if name == "answer" else to_markdown(field_)
    rest = {
        "example": card.example,
        "explain": about.explain,
        "tags": list(about.tags),
        "difficulty": about.difficulty,
        "source": [source.key for source in about.sources],
        "as_of": about.as_of,
        "calc": list(about.calc),
        "section": about.section,
        "step": about.step,
        "questions": list(card.questions),
    }
    return item | {name: value for name, value in rest.items() if value}


def _same(new: str, old: str) -> bool:
    return new == old or to_markdown(new) == to_markdown(old)


def _as_written(card: Card) -> Item:
    """Id, kind and texts of a card, as its author wrote them."""
    item: Item = {"id": card.id, "kind": str(card.kind)}
    match card.kind:
        case CardKind.CLOZE:
            return item | {"text": card.front}
        case CardKind.TYPEIN:
            answer, *accept = card.accept
            back = card.back.removeprefix(f"**{answer}**").strip()
            more = {"accept": accept, "back": back}
            return (
                item | {"front": card.front, "answer": answer} | {name: value for name, value in more.items() if value}
            )
        case _:
            return item | {"front": card.front, "back": card.back}


def _side_names(kind: str) -> tuple[str, ...]:
    if kind == CardKind.CLOZE:
        return ("text",)
    return ("front", "answer" if kind == CardKind.TYPEIN else "back")


def _new(note: Note) -> Item:
    """A card made of a note that was written in Anki; fields behind the second join the answer."""
    first, *others = (*note.fields, "")
    item: Item = {"id": card_id(note.guid), "kind": str(note.kind)}
    match note.kind:
        case CardKind.CLOZE:
            item |= {"text": to_markdown(first), "explain": _joined(others)}
        case CardKind.TYPEIN:
            item |= {"front": to_markdown(first), "answer": to_text(others[0]), "back": _joined(others[1:])}
        case _:
            item |= {"front": to_markdown(first), "back": _joined(others)}
    return {name: value for name, value in (item | {"tags": list(note.tags)}).items() if value}


def _joined(fields: Iterable[str]) -> str:
    return "\n\n".join(filter(None, map(to_markdown, fields)))


def _wrong(item: Item) -> str:
    """Why the app could not ask this card; empty where it can."""
    if not all(item.get(name) for name in _side_names(item["kind"])):
        return "a side of it is empty"
    try:
        return "; ".join(faults(msgspec.convert(item, CARD_KINDS[item["kind"]])))
    except msgspec.ValidationError as error:
        return "there is no blank in it" if item["kind"] == CardKind.CLOZE else str(error)


def _topic(note: Note, library: Library, pack: Pack) -> str:
    """The topic of a new card: the one that its deck is named after, or one of its own."""
    title = note.deck.rpartition("::")[2].strip() or "Anki"
    slug = heading_slug(title) or card_id(title)
    if slug not in library.topics:
        pack.titles.setdefault(slug, title)
    return slug


class _Dumper(yaml.SafeDumper):
    """YAML as an author would write it: longer texts as blocks, no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def _yaml(content: Item) -> str:
    return yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)
