"""`studyapp export` and `studyapp import`: all progress as JSON lines."""

import argparse
import sys
from contextlib import nullcontext
from pathlib import Path

from studyapp.cli.opening import CommandError, opened
from studyapp.store import transfer


def run_export(arguments: argparse.Namespace) -> int:
    """Write every event; a file appears whole or not at all."""
    with opened(arguments) as study:
        lines = transfer.lines(study.progress)
        if arguments.file == "-":
            for line in lines:
                sys.stdout.buffer.write(line.encode() + b"\n")
            return 0
        path = Path(arguments.file)
        if path.is_dir():
            raise CommandError(f"{path} is a folder; name a file in it")
        part = path.with_name(f".{path.name}.part")
        try:
            with part.open("w", encoding="utf-8") as out:
                count = sum(1 for line in lines if out.write(line + "\n"))
            part.replace(path)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise CommandError(f"{path}: cannot be written ({error.strerror})") from None
        print(f"{count - 1} events written to {path}")
    return 0


def run_import(arguments: argparse.Namespace) -> int:
    """Merge an export into the progress of this machine."""
    with opened(arguments) as study:
        try:
            with nullcontext(sys.stdin.buffer) if arguments.file == "-" else Path(arguments.file).open("rb") as lines:
                merged = transfer.merge(study.progress, (line.decode() for line in lines))
        except OSError as error:
            raise CommandError(f"{arguments.file}: cannot be read ({error.strerror})") from None
        except UnicodeDecodeError:
            raise CommandError(f"{arguments.file}: not UTF-8 text. Nothing was brought in.") from None
        except transfer.TransferError as error:
            raise CommandError(f"{arguments.file}: {error}") from None
        print(f"{merged.added} of {merged.read} events were new and are brought in")
    return 0
