"""A parsed content folder kept between starts, so that opening the app parses nothing that has not changed."""

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from studyapp import __version__
from studyapp.domain.topics import Problem, Reference
from studyapp.library.load import Pack, read_pack
from studyapp.library.shapes import TopicFiles

Stamps = dict[str, tuple[int, int]]


class _Stored(msgspec.Struct):
    version: str
    stamps: Stamps
    topics: list[TopicFiles]
    reference: Reference
    problems: list[Problem]


def read_cached(root: Path, shown: str, cache: Path) -> Pack:
    """The pack in a folder, from the cache where no file has changed since. A cache that cannot be used is ignored."""
    name = hashlib.sha256(os.fsencode(f"{os.path.abspath(root)}\n{shown}")).hexdigest()[:16]
    path = cache / f"content-{name}.msgpack"
    stamps = stamp(root)
    if (stored := _load(path)) and stored.version == _version() and stored.stamps == stamps:
        return Pack(root, shown, tuple(stored.topics), stored.reference, tuple(stored.problems))
    pack = read_pack(root, shown)
    _save(path, _Stored(_version(), stamps, list(pack.topics), pack.reference, list(pack.problems)))
    return pack


def stamp(root: Path) -> Stamps:
    """(modification time in ns, size in bytes) of each content file; cheap enough to be asked at every start."""
    stamps: Stamps = {}
    for folder, names, files in os.walk(root):
        names[:] = sorted(name for name in names if not name.startswith("."))
        for file in files:
            if file.endswith((".yaml", ".yml", ".md")) and not file.startswith("."):
                try:
                    status = os.stat(os.path.join(folder, file))
                except OSError:
                    continue
                stamps[os.path.relpath(os.path.join(folder, file), root)] = (status.st_mtime_ns, status.st_size)
    return stamps


def _version() -> str:
    """Which code made a cache: what it reads and how it judges changes with the files of this room."""
    newest = max(path.stat().st_mtime_ns for path in Path(__file__).parent.rglob("*.py"))
    return f"{__version__} {newest}"


def _load(path: Path) -> _Stored | None:
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=_Stored)
    except (OSError, msgspec.MsgspecError, ValueError):
        return None


def _save(path: Path, stored: Any) -> None:
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(msgspec.msgpack.encode(stored))
        part.replace(path)
    except OSError:  # no room or no rights: the next start parses again
        with suppress(OSError):
            part.unlink()
