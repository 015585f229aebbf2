"""The registry's tables. Versions and events can be added and never changed: the database itself refuses, whoever
asks.

Why SQLite: one file, transactions that survive a power cut (WAL with synchronous=FULL), readers that do not
block the writer, and nothing to run. Trade-off: one machine. For many, the same tables in PostgreSQL and the
artefacts in an object store with versioning.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS versions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    digest TEXT NOT NULL UNIQUE,
    manifest TEXT NOT NULL,
    signature TEXT,
    created_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS aliases (
    alias TEXT PRIMARY KEY,
    number INTEGER NOT NULL REFERENCES versions
);
CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL CHECK (action IN ('register', 'set', 'rollback')),
    alias TEXT,
    number INTEGER NOT NULL REFERENCES versions,
    reason TEXT NOT NULL
);
"""

IMMUTABLE = """
CREATE TRIGGER IF NOT EXISTS {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} are immutable'); END;
"""


def create(path: Path) -> None:
    """Make the tables, and the triggers that keep versions and events as they are."""
    triggers = (
        IMMUTABLE.format(table=table, verb=verb) for table in ("versions", "events") for verb in ("UPDATE", "DELETE")
    )
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(SCHEMA + "".join(triggers))


@contextmanager
def transaction(path: Path, *, write: bool = False) -> Iterator[sqlite3.Connection]:
    """A connection of one's own in one all-or-nothing transaction, so that threads and processes may share the file.

    A writer takes its turn at the start, so that what it reads is still true when it writes; readers wait for nobody.
    """
    with closing(sqlite3.connect(path, timeout=10, isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
