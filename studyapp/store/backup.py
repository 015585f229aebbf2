"""A copy of the progress each day it is used, the last ten kept; a damaged file pushes no good copy out."""

import os
import sqlite3
from datetime import date
from pathlib import Path

from studyapp.store.database import check

KEPT = 10


def back_up(database: Path, folder: Path, today: date) -> Path | None:
    """Copy the database into the folder, once a day; the copy made, or None when there was nothing to do.

    Safe while the database is in use: SQLite's own backup reads one consistent state. A copy that does not pass
    SQLite's check is thrown away, and older copies stay.
    """
    copy = folder / f"progress-{today.isoformat()}.db"
    if copy.exists() or not database.exists():
        return None
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f".{copy.name}.{os.getpid()}.part"
    try:
        sound = _copy(database, part)
        if not sound:
            return None
        part.replace(copy)
    finally:
        part.unlink(missing_ok=True)
    for old in sorted(folder.glob("progress-*.db"))[:-KEPT]:
        old.unlink(missing_ok=True)
    return copy


def _copy(database: Path, part: Path) -> bool:
    """Whether a copy was made that passes SQLite's own check."""
    source = sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)
    target = sqlite3.connect(part)
    try:
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it
        return check(target) == ""
    except sqlite3.DatabaseError:
        return False
    finally:
        target.close()
        source.close()
