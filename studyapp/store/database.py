"""Opening the database: durable, shared by several instances, and never written over when something is odd about it."""

import sqlite3
from pathlib import Path

from studyapp.store.migrations import VERSION, migrate

APPLICATION_ID = 0x53545544  # "STUD"
BUSY_SECONDS = 10.0
HEADER = b"SQLite format 3\x00"


class StoreError(Exception):
    """The progress file cannot be used; the message says why and what to do. The file is left as it was."""


def connect(path: Path) -> sqlite3.Connection:
    """A connection to the progress database, made if there is none.

    Raises StoreError when the file is damaged, belongs to something else, or was made by a newer version.
    """
    _refuse_what_is_not_ours(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"{path}: cannot be opened ({error}). Is the folder there, and writable?") from None
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # a graded card survives a power cut
        _refuse_newer(connection, path)
        migrate(connection)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    except (sqlite3.Error, UnicodeDecodeError) as error:  # a damaged schema may not even decode
        connection.close()
        raise said(error, path) from None
    except StoreError:
        connection.close()
        raise
    return connection


def said(error: sqlite3.Error | UnicodeDecodeError, path: Path) -> StoreError:
    """An SQLite error as a sentence with a way out."""
    text = str(error)
    if isinstance(error, sqlite3.OperationalError) and ("locked" in text or "busy" in text):
        return StoreError(
            f"{path}: another program has held the file for {BUSY_SECONDS:.0f} s; close it and try again."
        )
    if isinstance(error, sqlite3.OperationalError) and ("full" in text or "readonly" in text or "unable" in text):
        return StoreError(f"{path}: {text}. Nothing that was saved before is lost; make room or fix the rights.")
    return StoreError(
        f"{path}: the progress file is damaged ({text}). It was not touched. Move it away and copy the newest file of"
        f" {path.parent / 'backups'} to its place, or bring in an export with `studyapp import`."
    )


def check(connection: sqlite3.Connection) -> str:
    """What SQLite's own check finds wrong with the whole file; empty when it is sound."""
    try:
        rows = connection.execute("PRAGMA quick_check(3)").fetchall()
    except sqlite3.DatabaseError as error:
        return str(error)
    found = "; ".join(row[0] for row in rows)
    return "" if found == "ok" else found


def _refuse_what_is_not_ours(path: Path) -> None:
    """Look at the file before SQLite does, which would take an empty or foreign one and write into it."""
    try:
        head = path.open("rb").read(100) if path.exists() else b""
    except OSError as error:
        raise StoreError(f"{path}: cannot be read ({error.strerror}).") from None
    if not head:
        return
    if not head.startswith(HEADER):
        raise said(sqlite3.DatabaseError("file is not a database"), path)
    application = int.from_bytes(head[68:72], "big")
    if len(head) == 100 and application not in (0, APPLICATION_ID):
        raise StoreError(f"{path}: this database belongs to another program. Name another place with STUDYAPP_HOME.")


def _refuse_newer(connection: sqlite3.Connection, path: Path) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise StoreError(
            f"{path}: made by a newer studyapp (version {version} of the file; this one knows {VERSION})."
            " It was not touched. Update studyapp, or name another place with STUDYAPP_HOME."
        )
