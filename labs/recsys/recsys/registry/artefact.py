"""Artefacts: the files of a model, named by their checksums, in formats that cannot run code.

Why no pickle: loading one runs whatever its author (or whoever touched the file) put into it. Arrays go in
`.npz`, the rest in JSON; both are data and nothing else. NumPy's own format can hide a pickle inside an object
array, so every array is loaded once with `allow_pickle=False` before it is accepted. Trade-off: a model must be
able to say what it is made of, which a pickle never asks.

Why checksums: the file that was evaluated is the file that serves, provably. Source: NumPy, `numpy.load`, the
warning on `allow_pickle`.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

SAFE_SUFFIXES = frozenset({".npz", ".npy", ".json", ".txt"})


class UnsafeArtefactError(ValueError):
    """A file that could run code, lead elsewhere, or cannot be read."""


def checksums(folder: Path) -> Mapping[str, str]:
    """SHA-256 of every file below `folder` by relative path; raises UnsafeArtefactError for a file that may not be."""
    files = sorted(path for path in folder.rglob("*") if not path.is_dir() or path.is_symlink())
    if not files:
        raise UnsafeArtefactError(f"{folder.name}: there is no file to register")
    return {path.relative_to(folder).as_posix(): _checksum(path) for path in files}


def _checksum(path: Path) -> str:
    if path.is_symlink() or not path.is_file():
        raise UnsafeArtefactError(f"{path.name}: only plain files can be registered; copy what the link points to")
    if path.suffix not in SAFE_SUFFIXES:
        raise UnsafeArtefactError(f"{path.name}: save models as {', '.join(sorted(SAFE_SUFFIXES))}, never as a pickle")
    if path.suffix in {".npz", ".npy"}:
        _check_arrays(path)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_arrays(path: Path) -> None:
    try:
        loaded = np.load(path, allow_pickle=False)
        if not isinstance(loaded, np.ndarray):
            with loaded as archive:
                for name in archive.files:
                    archive[name]
    except Exception as error:  # a damaged archive fails in many ways, and each of them means "no"
        raise UnsafeArtefactError(f"{path.name}: not a plain array file ({error})") from error
