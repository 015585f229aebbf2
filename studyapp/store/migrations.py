"""The schema, one step a version; a step never changes once it is released."""

import sqlite3

# events hold what happened, for good; prompt_states is what they come to and can be rebuilt at any time
_V1 = """
CREATE TABLE events (
    seq      INTEGER PRIMARY KEY,
    id       TEXT    NOT NULL UNIQUE,
    at       INTEGER NOT NULL,          -- milliseconds since 1970, UTC
    device   TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    subject  TEXT    NOT NULL,
    value    REAL    NOT NULL,
    duration INTEGER NOT NULL,          -- milliseconds
    body     TEXT    NOT NULL           -- JSON
) STRICT;
CREATE INDEX events_by_kind ON events (kind, at);
CREATE INDEX events_by_subject ON events (subject, kind);
CREATE TRIGGER events_are_not_changed BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER events_are_not_deleted BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TABLE prompt_states (
    prompt       TEXT    PRIMARY KEY,
    phase        INTEGER NOT NULL,
    step         INTEGER NOT NULL,
    stability    REAL    NOT NULL,      -- days
    difficulty   REAL    NOT NULL,      -- 1 to 10
    due          INTEGER NOT NULL,
    last_review  INTEGER NOT NULL,
    reps         INTEGER NOT NULL,
    lapses       INTEGER NOT NULL,
    suspended    INTEGER NOT NULL,
    leech        INTEGER NOT NULL,
    flagged      INTEGER NOT NULL,
    buried_until INTEGER NOT NULL,      -- study day
    introduced   INTEGER NOT NULL,
    last_at      INTEGER NOT NULL,      -- (time, id) of the newest event that is in this row
    last_id      TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
"""

STEPS: tuple[str, ...] = (_V1,)
VERSION = len(STEPS)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a database to the newest version, a transaction a step; a step that fails leaves the one before."""
    while (version := connection.execute("PRAGMA user_version").fetchone()[0]) < VERSION:
        connection.execute("BEGIN IMMEDIATE")
        try:
            # another instance may have done it while this one waited for the lock
            if connection.execute("PRAGMA user_version").fetchone()[0] == version:
                for statement in _statements(STEPS[version]):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {version + 1}")
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise


def _statements(script: str) -> list[str]:
    """The single statements of a script (`executescript` would commit the transaction)."""
    statements, current = [], ""
    for line in script.splitlines(keepends=True):
        current += line
        if sqlite3.complete_statement(current):
            statements.append(current)
            current = ""
    return statements
