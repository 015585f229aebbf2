"""A parsed content folder kept between starts, so that opening the app parses nothing that has not changed."""

import hashlib
import os
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
    name = hashlib.sha256(f"{root.resolve()}\n{shown}".encode()).hexdigest()[:16]
    path = cache / f"content-{name}.msgpack"
    stamps = stamp(root)
    if (stored := _load(path)) and stored.version == __version__ and stored.stamps == stamps:
        return Pack(root, shown, tuple(stored.topics), stored.reference, tuple(stored.problems))
    pack = read_pack(root, shown)
    _save(path, _Stored(__version__, stamps, list(pack.topics), pack.reference, list(pack.problems)))
    return pack


def stamp(root: Path) -> Stamps:
    """(modification time in ns, size in bytes) of each content file; cheap enough to be asked at every start."""
    stamps: Stamps = {}
    for folder, names, files in os.walk(root):
        names[:] = sorted(name for name in names if not name.startswith("."))
        for file in files:
            if file.endswith((".yaml", ".yml", ".md")):
                try:
                    status = os.stat(os.path.join(folder, file))
                except OSError:
                    continue
                stamps[os.path.relpath(os.path.join(folder, file), root)] = (status.st_mtime_ns, status.st_size)
    return stamps


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
    except OSError:
        part.unlink(missing_ok=True)  # no room or no rights: the next start parses again
