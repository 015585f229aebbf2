"""The editor that a person has chosen, for the files of a lab."""

import shlex
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path


class NoEditor(Exception):
    """No editor can be started; the message says what to set."""


def command(environment: Mapping[str, str], paths: Sequence[Path]) -> list[str]:
    """How $VISUAL, or else $EDITOR, is started on files. Raises NoEditor."""
    files = " ".join(str(path) for path in paths)
    chosen = environment.get("VISUAL") or environment.get("EDITOR")
    if not chosen:
        raise NoEditor(f"no editor is chosen: set VISUAL or EDITOR, or open it yourself: {files}")
    try:
        words = shlex.split(chosen)
    except ValueError as error:
        raise NoEditor(f"the editor {chosen!r} cannot be read: {error}") from None
    if not words or shutil.which(words[0], path=environment.get("PATH")) is None:
        raise NoEditor(f"there is no editor {chosen!r}: set VISUAL or EDITOR, or open it yourself: {files}")
    return [*words, *map(str, paths)]
