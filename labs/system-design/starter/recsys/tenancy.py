"""Tenants and their API keys: who calls. Yours to make safe.

As it stands it works, and whoever reads the file has everybody's keys. A key is `rk_<id>_<secret>`; the id finds the
entry and is no secret. The public names and signatures are what the rest of the service relies on.
"""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

TENANT_PATTERN = r"[a-z0-9][a-z0-9\-]{0,31}"
"""A tenant's name: lower case, so that it is one name on every file system; no colon, which ends it in Redis keys."""
_KEY = re.compile(r"rk_([0-9a-f]{16})_([A-Za-z0-9_\-]{43})")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"


class KeyRing:
    """The API keys of all tenants, hashed, in one JSON file that only its owner can read."""

    def __init__(self, path: Path) -> None:
        """Read `path` if it exists. Raises ValueError where it is not a key ring."""
        self.path = path
        self._entries: dict[str, tuple[str, str]] = {}
        self._stamp: tuple[int, int] | None = None
        self.reload()

    def issue(self, tenant: str) -> str:
        """A new key for `tenant`: shown this once, stored as a digest. Raises ValueError for a bad tenant name."""
        # step 1: refuse a name that does not match TENANT_PATTERN; draw what nobody can predict (16 hexadecimal digits,
        # and 43 letters, which hold 256 bits); the shape of a key stays as `_KEY` has it
        identifier = "".join(random.choices("0123456789abcdef", k=16))
        secret = "".join(random.choices(_LETTERS, k=43))
        self.reload()
        self._entries[identifier] = (tenant, _digest(secret))
        self._write()
        return f"rk_{identifier}_{secret}"

    def revoke(self, tenant: str) -> int:
        """Withdraw every key of `tenant`; how many there were."""
        self.reload()
        kept = {name: entry for name, entry in self._entries.items() if entry[0] != tenant}
        revoked, self._entries = len(self._entries) - len(kept), kept
        self._write()
        return revoked

    def tenant_of(self, key: str) -> str | None:
        """The tenant that `key` belongs to, None for a key that is nobody's."""
        # step 1: compare so that the time says nothing: neither how much of a secret is right nor whether an id exists
        match = _KEY.fullmatch(key)
        identifier, secret = match.groups() if match else ("", "")
        tenant, kept = self._entries.get(identifier, (None, ""))
        return tenant if _digest(secret) == kept else None

    def tenants(self) -> list[str]:
        """Tenants that have a key, sorted."""
        return sorted({tenant for tenant, _ in self._entries.values()})

    def reload(self) -> bool:
        """Read the file again if it has changed since; whether it had."""
        try:
            status = self.path.stat()
        except FileNotFoundError:
            return False
        stamp = (status.st_mtime_ns, status.st_ino)
        if stamp == self._stamp:
            return False
        self._entries = _parse(self.path)
        self._stamp = stamp
        return True

    def _write(self) -> None:
        """Replace the file in one step: a reader sees the old ring or the new one."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # step 1: for its owner alone from the first byte, and in one step: write another file, then rename it
        keys = {name: {"tenant": tenant, "sha256": digest} for name, (tenant, digest) in self._entries.items()}
        self.path.write_text(json.dumps({"keys": keys}, indent=1))


def _parse(path: Path) -> dict[str, tuple[str, str]]:
    try:
        keys = json.loads(path.read_text())["keys"]
        return {name: (str(entry["tenant"]), str(entry["sha256"])) for name, entry in keys.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path}: not a key ring ({error}); move it away and issue new keys") from error


def _digest(secret: str) -> str:
    """What is kept of a secret, as hexadecimal text."""
    # step 1: something from which the secret cannot be found again
    return secret
