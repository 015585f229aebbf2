"""Redis keys in which no part can spell its way into another. Yours to make safe.

Every key of the service is put together here: caches, histories, features. As it stands a user named `a:b` may share
one with somebody else.
"""

from __future__ import annotations


def joined(*parts: str) -> str:
    """The parts, quoted, with a colon between."""
    # step 2: equal only where all parts are equal; whoever starts with the same parts starts with the same text
    return ":".join(parts)


def starting_with(text: str) -> str:
    """The SCAN pattern of every key that starts with exactly `text`."""
    # step 2: Redis reads * ? [ ] ^ and \ in a pattern as more than themselves, unless a backslash stands before them
    return text + "*"
