"""Redis keys in which no part can spell its way into another.

Parts are percent-quoted, so `a:b` with `c` and `a` with `b:c` differ, whatever a tenant calls itself; a pattern
matches its text literally, so a tenant named `*` cannot erase everybody.
"""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote


def joined(*parts: str) -> str:
    """The parts, quoted, with a colon between."""
    return ":".join(map(_quoted, parts))


def starting_with(text: str) -> str:
    """The SCAN pattern of every key that starts with exactly `text`."""
    return "".join("\\" + character if character in "*?[]^\\" else character for character in text) + "*"


@lru_cache(4096)
def _quoted(part: str) -> str:
    return quote(part, safe="")
