"""Parsed content and lab manifests kept between starts, so that opening the app parses nothing that has not changed."""

import hashlib
import os
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from studyapp import __version__
from studyapp.domain.labs import Lab
from studyapp.domain.topics import Problem, Reference
from studyapp.library.labs import MANIFEST, load_labs
from studyapp.library.load import Pack, read_pack
from studyapp.library.shapes import TopicFiles

Stamps = dict[str, tuple[int, int]]


class _Stored(msgspec.Struct):
    version: str
    stamps: Stamps
    problems: list[Problem]


class _StoredPack(_Stored):
    topics: list[TopicFiles]
    reference: Reference


class _StoredLabs(_Stored):
    labs: list[Lab]


S = TypeVar("S", bound=_Stored)


def read_cached(root: Path, shown: str, cache: Path) -> Pack:
    """The pack in a folder, from the cache where no file has changed since. A cache that cannot be used is ignored."""
    path = _path(cache, "content", root, shown)
    stamps = stamp(root)
    if stored := _load(path, _StoredPack, stamps):
        return Pack(root, shown, tuple(stored.topics), stored.reference, tuple(stored.problems))
    pack = read_pack(root, shown)
    _save(path, _StoredPack(_version(), stamps, list(pack.problems), list(pack.topics), pack.reference))
    return pack


def read_cached_labs(root: Path, shown: str, cache: Path) -> tuple[dict[str, Lab], list[Problem]]:
    """Every lab below a folder by slug, and what is wrong with others, from the cache where no manifest changed."""
    path = _path(cache, "labs", root, shown)
    stamps = stamp_labs(root)
    if stored := _load(path, _StoredLabs, stamps):
        return {lab.slug: lab for lab in stored.labs}, stored.problems
    labs, problems = load_labs(root, shown)
    _save(path, _StoredLabs(_version(), stamps, problems, list(labs.values())))
    return labs, problems


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


def stamp_labs(root: Path) -> Stamps:
    """The same of each lab's manifest."""
    stamps: Stamps = {}
    for manifest in sorted(root.glob(f"*/{MANIFEST}")):
        with suppress(OSError):
            status = manifest.stat()
            stamps[manifest.parent.name] = (status.st_mtime_ns, status.st_size)
    return stamps


def _path(cache: Path, what: str, root: Path, shown: str) -> Path:
    name = hashlib.sha256(os.fsencode(f"{os.path.abspath(root)}\n{shown}")).hexdigest()[:16]
    return cache / f"{what}-{name}.msgpack"


def _version() -> str:
    """Which code made a cache: what it reads and how it judges changes with the files of this room."""
    newest = max(path.stat().st_mtime_ns for path in Path(__file__).parent.rglob("*.py"))
    return f"{__version__} {newest}"


def _load(path: Path, kind: type[S], stamps: Stamps) -> S | None:
    """What is stored of these very files by this very code; None where that is not there."""
    try:
        content = path.read_bytes()
        if content[:4] != _sum(content[4:]):
            return None
        stored = msgspec.msgpack.decode(content[4:], type=kind)
    except (OSError, msgspec.MsgspecError, ValueError):
        return None
    return stored if stored.version == _version() and stored.stamps == stamps else None


def _sum(content: bytes) -> bytes:
    """Four bytes that tell a damaged file from a whole one."""
    return zlib.crc32(content).to_bytes(4)


def _save(path: Path, stored: Any) -> None:
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        content = msgspec.msgpack.encode(stored)
        part.write_bytes(_sum(content) + content)
        part.replace(path)
    except OSError:  # no room or no rights: the next start parses again
        with suppress(OSError):
            part.unlink()
