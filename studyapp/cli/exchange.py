"""`studyapp export anki|gift|reviews` and `studyapp import anki`: what other programs read and write."""

import argparse
import sys
import zipfile
from pathlib import Path

from studyapp.cli.opening import CommandError, opened
from studyapp.cli.transfer import STANDARD, written
from studyapp.domain.topics import Library
from studyapp.extras import MissingExtra
from studyapp.interop import anki_csv, anki_package, answers, gift, pack, review_log
from studyapp.interop.note import ExchangeError, notes
from studyapp.library.load import assemble, read_pack
from studyapp.store import transfer
from studyapp.study.study import Study

PACKAGE = ".apkg"
MOST_NAMED = 5


def run_export(arguments: argparse.Namespace, form: str, file: str) -> int:
    """Write the cards, the quizzes or the reviews."""
    with opened(arguments) as study:
        if form == "anki" and Path(file).suffix == PACKAGE:
            said = _package(study, file)
        else:
            text, said = _text(study, form)
            _put(text, file)
        print(said, file=sys.stderr if file == STANDARD else sys.stdout)
    return 0


def run_import(arguments: argparse.Namespace, file: str) -> int:
    """Bring in a deck: its reviews of cards known here, and its other cards as content where a folder is named."""
    with opened(arguments) as study:
        try:
            given = _read(Path(file))
            found = pack.compare(given.notes, _library(study, arguments.to))
            if arguments.to is not None:
                pack.write(found, Path(arguments.to))
            merged = transfer.bring_in(study.progress, list(answers.events(given.answers, study.library)))
        except (ExchangeError, transfer.TransferError) as error:
            raise CommandError(f"{file}: {error}") from None
        except MissingExtra as error:
            raise CommandError(str(error)) from None
        print("\n".join(_brought(given, found, merged, arguments.to)))
    return 0


def _package(study: Study, file: str) -> str:
    try:
        with written(file) as path:
            anki_package.write(notes(study.library), path, study.clock.now())
    except MissingExtra as error:
        raise CommandError(str(error)) from None
    count = len(pack.cards_by_id(study.library))
    return f"{count} cards written to {file}; import it into Anki, and again whenever you wrote it anew"


def _text(study: Study, form: str) -> tuple[str, str]:
    """A text in one of the formats, and what is to be said of it."""
    if form == "anki":
        count = len(pack.cards_by_id(study.library))
        return anki_csv.write(
            notes(study.library)
        ), f"{count} cards; a second import updates them, their schedule stays"
    if form == "reviews":
        text = review_log.write(study.progress)
        return text, f"{text.count(chr(10)) - 1} reviews; times are UTC, a day begins at 4 o'clock"
    quizzes = gift.write(study.library)
    return (
        quizzes.text,
        f"{quizzes.questions} questions, {len(quizzes.essays)} of them as essays: GIFT has no such kind",
    )


def _put(text: str, file: str) -> None:
    if file == STANDARD:
        sys.stdout.buffer.write(text.encode())
        return
    with written(file) as path:
        path.write_text(text, "utf-8")


def _read(path: Path) -> anki_package.Package:
    """What a package or a text file holds."""
    try:
        if zipfile.is_zipfile(path):
            return anki_package.read(path)
        return anki_package.Package(anki_csv.read(path.read_bytes().decode("utf-8")), [])
    except OSError as error:
        raise ExchangeError(f"cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise ExchangeError("neither a package of Anki's (.apkg) nor UTF-8 text") from None


def _library(study: Study, to: str | None) -> Library:
    """What the notes are compared with: all content but that of the folder that is to be written anew."""
    where = study.places
    others = [one for one in where.packs if to is None or one.resolve() != Path(to).resolve()]
    if len(others) == len(where.packs):
        return study.library
    return assemble([read_pack(root, str(root)) for root in (where.content, *others)])


def _brought(given: anki_package.Package, found: pack.Pack, merged: transfer.Merged, to: str | None) -> list[str]:
    """What came of an import, in words."""
    said = [f"{len(given.notes)} notes: {found.unchanged} as they are here, {found.edited} edited, {found.new} new."]
    if found.edited or found.new:
        use = f"studyapp --content {to}" if to else "name a folder with --to, and they are written there as content"
        said.append(f"Written to {to}. To study them: {use}" if to else f"To use the edited and the new: {use}.")
    if given.answers:
        known = f"{merged.read} of cards known here, {merged.added} of them new and brought in"
        said.append(f"{len(given.answers)} reviews: {known}.")
    if found.with_media:
        said.append(f"{found.with_media} notes have pictures or sounds; those do not come along.")
    if found.left_out:
        said.append(f"{len(found.left_out)} notes cannot be asked here and are left out:")
        said += [f"  {one}" for one in found.left_out[:MOST_NAMED]]
    return said
