"""Who may change the fleet: whoever can read a file in the state directory, and calls from this machine.

The token is made anew at each start and is never printed: what a service prints ends in logs. The file is locked for
as long as the fleet runs, so that a second one on the same state directory is refused before it starts anything.
"""

from __future__ import annotations

import fcntl
import hmac
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from starlette.requests import Request

TOKEN_FILE = "fleet.token"  # noqa: S105
_LOCAL = frozenset({"127.0.0.1", "::1"})


@contextmanager
def token_in(state: Path) -> Iterator[str]:
    """The token, in a file of its owner's alone. Raises RuntimeError where another fleet has this state directory."""
    path = state / TOKEN_FILE
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise RuntimeError(f"another fleet runs on {state}; stop that one, or name another --state") from None
        file.truncate()
        file.write(token := secrets.token_urlsafe(32))
        file.flush()
        try:
            yield token
        finally:
            file.seek(0)
            file.truncate()


def allowed(request: Request, token: str) -> bool:
    """Whether a request comes from this machine and carries the token."""
    given = request.headers.get("authorization", "")
    local = request.client is not None and request.client.host in _LOCAL
    return local and hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
