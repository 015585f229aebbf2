"""`studyapp export` and `studyapp import`: all progress as JSON lines; other programs' formats are in `exchange`."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from studyapp.cli.opening import CommandError, opened
from studyapp.store import transfer

STANDARD = "-"
FORMATS = ("anki", "gift", "reviews")


def run_export(arguments: argparse.Namespace) -> int:
    """Write every event, or another format where one is named."""
    match arguments.words:
        case [form] if form in FORMATS:
            raise CommandError(f"name the file: studyapp export {form} FILE")
        case []:
            return _export_progress(arguments, STANDARD)
        case [file]:
            return _export_progress(arguments, file)
        case [form, file] if form in FORMATS:
            from studyapp.cli import exchange

            return exchange.run_export(arguments, form, file)
    raise CommandError(f"expected a FILE, or one of {', '.join(FORMATS)} and a FILE; got {' '.join(arguments.words)}")


def run_import(arguments: argparse.Namespace) -> int:
    """Merge an export into the progress of this machine, or bring in a deck of Anki's."""
    match arguments.words:
        case ["anki"]:
            raise CommandError("name the file: studyapp import anki FILE")
        case ["anki", file]:
            from studyapp.cli import exchange

            return exchange.run_import(arguments, file)
        case [file] if arguments.to is None:
            return _import_progress(arguments, file)
        case [file]:
            raise CommandError("--to goes with `anki`: studyapp import anki FILE --to DIR")
    raise CommandError(f"expected a FILE, or anki and a FILE; got {' '.join(arguments.words)}")


@contextmanager
def written(file: str) -> Iterator[Path]:
    """A path to write to in the place of a file, which then appears whole or not at all."""
    path = Path(file)
    if path.is_dir():
        raise CommandError(f"{path} is a folder; name a file in it")
    part = path.with_name(f".{path.name}.part")
    try:
        yield part
        part.replace(path)
    except OSError as error:
        raise CommandError(f"{path}: cannot be written ({error.strerror})") from None
    finally:
        part.unlink(missing_ok=True)


def _export_progress(arguments: argparse.Namespace, file: str) -> int:
    with opened(arguments) as study:
        lines = transfer.lines(study.progress)
        if file == STANDARD:
            for line in lines:
                sys.stdout.buffer.write(line.encode() + b"\n")
            return 0
        with written(file) as path, path.open("w", encoding="utf-8") as out:
            count = sum(1 for line in lines if out.write(line + "\n"))
        print(f"{count - 1} events written to {file}")
    return 0


def _import_progress(arguments: argparse.Namespace, file: str) -> int:
    with opened(arguments) as study:
        try:
            with nullcontext(sys.stdin.buffer) if file == STANDARD else Path(file).open("rb") as lines:
                merged = transfer.merge(study.progress, (line.decode() for line in lines))
        except OSError as error:
            raise CommandError(f"{file}: cannot be read ({error.strerror})") from None
        except UnicodeDecodeError:
            raise CommandError(f"{file}: not UTF-8 text. Nothing was brought in.") from None
        except transfer.TransferError as error:
            raise CommandError(f"{file}: {error}") from None
        print(f"{merged.added} of {merged.read} events were new and are brought in")
    return 0
