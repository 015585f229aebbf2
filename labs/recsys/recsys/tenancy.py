"""Tenants and their API keys: who calls, decided in constant time from hashes.

A key is `rk_<id>_<secret>`. The id finds the entry and is no secret; of the secret only a SHA-256 digest is kept. A
fast hash is right here and wrong for passwords: the secret has 256 random bits, which no dictionary holds (NIST SP
800-63B, 5.1.2: look-up secrets with at least 112 bits of entropy need no slow hash).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
from pathlib import Path

TENANT_PATTERN = r"[a-z0-9][a-z0-9\-]{0,31}"
"""A tenant's name: lower case, so that it is one name on every file system; no colon, which ends it in Redis keys."""
_KEY = re.compile(r"rk_([0-9a-f]{16})_([A-Za-z0-9_\-]{43})")
_NOBODY = hashlib.sha256(b"compared when the key id is unknown, so that the time says nothing").hexdigest()


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
        if not re.fullmatch(TENANT_PATTERN, tenant):
            raise ValueError(f"tenant {tenant!r} is not 1 to 32 of a-z, 0-9 and -, starting with a letter or digit")
        identifier, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
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
        match = _KEY.fullmatch(key)
        identifier, secret = match.groups() if match else ("", "")
        tenant, digest = self._entries.get(identifier, (None, _NOBODY))
        return tenant if hmac.compare_digest(_digest(secret), digest) else None

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
        draft = self.path.with_suffix(f".{os.getpid()}.draft")
        keys = {name: {"tenant": tenant, "sha256": digest} for name, (tenant, digest) in self._entries.items()}
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump({"keys": keys}, file, indent=1)
        draft.replace(self.path)


def _parse(path: Path) -> dict[str, tuple[str, str]]:
    try:
        keys = json.loads(path.read_text())["keys"]
        return {name: (str(entry["tenant"]), str(entry["sha256"])) for name, entry in keys.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path}: not a key ring ({error}); move it away and issue new keys") from error


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
