"""The chosen theme, in a file of its own: it is needed for the first paint, before the database is open."""

from pathlib import Path

LONGEST = 100


def read(path: Path) -> str:
    """The theme's name; empty where none was chosen or the file cannot be read."""
    try:
        return path.read_text("utf-8").strip()[:LONGEST]
    except (OSError, UnicodeDecodeError):
        return ""


def keep(path: Path, name: str) -> None:
    """Keep a theme's name. Where there is no room for it the next start shows the default again."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{name}\n", "utf-8")
    except OSError:
        return
