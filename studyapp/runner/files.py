"""Folders of files as a lab needs them: listed, copied, compared."""

import difflib
import errno
import hashlib
import shutil
from pathlib import Path

Files = dict[str, Path]  # relative path -> where its text is
MADE = frozenset("__pycache__ .git .venv .idea .vscode .pytest_cache .mypy_cache .ruff_cache .DS_Store".split())


def files(root: Path) -> Files:
    """Every file below a folder that an author or a learner wrote, by relative path; none where there is no folder."""
    return {
        name: path
        for path in sorted(root.rglob("*"))
        if path.is_file() and not _made(name := path.relative_to(root).as_posix())
    }


def copy(given: Files, target: Path) -> None:
    """Write the files below a folder, owned and writable by whoever runs this."""
    target.mkdir(parents=True, exist_ok=True)
    for name, source in given.items():
        put(source, target / name)


def digest(given: Files) -> str:
    """A fingerprint of names and contents."""
    sums = hashlib.sha256()
    for name, path in sorted(given.items()):
        sums.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return sums.hexdigest()


def put(source: Path | None, target: Path) -> None:
    """Make one file the copy of another, or take it away where there is no other."""
    if source is None:
        target.unlink(missing_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def remove(folder: Path) -> None:
    """Take a folder away, if it is there."""
    shutil.rmtree(folder, ignore_errors=True)


def content(path: Path | None) -> bytes | None:
    """What a file holds; None for no file."""
    return None if path is None else path.read_bytes()


def unified(name: str, before: Path | None, now: Path | None) -> str:
    """The unified diff of one file."""
    try:
        old, new = (path.read_text("utf-8").splitlines(keepends=True) if path else [] for path in (before, now))
    except UnicodeDecodeError:
        return f"{name}: not text any more\n"
    lines = difflib.unified_diff(old, new, f"given/{name}", f"yours/{name}")
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def plain(error: OSError, folder: Path) -> str:
    """What an error of the operating system means for a person, and what to do about it."""
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return f"there is no room left on the disk for {folder}; free some space and try again"
        case errno.EACCES | errno.EPERM | errno.EROFS:
            path = error.filename or folder
            return f"{path} cannot be written; make it yours, or set STUDYAPP_HOME to another folder"
    return f"{error.filename or folder}: {error.strerror}"


def _made(name: str) -> bool:
    """Whether a file was made by running something, or by an editor."""
    return name.endswith((".pyc", ".part", ".swp", "~")) or any(part in MADE for part in name.split("/"))
