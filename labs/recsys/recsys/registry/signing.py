"""Signatures: was this version built by our pipeline, or by somebody who can write to the disk?

A checksum finds accidents; an attacker recomputes it. The signature is HMAC-SHA256 over the manifest's digest,
with a key that the training pipeline holds. HMAC because Python's standard library has it; it has no public-key
signature (no Ed25519). Trade-off: who can verify can also sign. Where the serving side must not be able to
sign, use Ed25519 (package `cryptography`) or Sigstore's cosign, with the same digest.
Source: RFC 2104; keys of the hash's length, 32 bytes, are enough.
"""

import contextlib
import hashlib
import hmac
import os
import secrets
from pathlib import Path

KEY_BYTES = 32


class SignatureError(ValueError):
    """A missing or wrong signature."""


def sign(digest: str, key: bytes) -> str:
    """Signature of a manifest's digest, as hex."""
    return hmac.new(key, digest.encode(), hashlib.sha256).hexdigest()


def check(digest: str, signature: str | None, key: bytes) -> None:
    """Raise SignatureError unless the signature was made from this digest with this key (constant-time)."""
    if not signature:
        raise SignatureError("the version is not signed; sign its manifest's digest with the pipeline's key")
    if not hmac.compare_digest(sign(digest, key), signature):
        raise SignatureError("the signature does not match: the version was changed, or signed with another key")


def load_key(path: Path) -> bytes:
    """The key in `path`, made there with access for its owner alone if there is none; raises ValueError for a bad one.

    Several processes may ask at once: the file appears complete, and the first one's key is everybody's.
    """
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}.draft")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(KEY_BYTES))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    try:
        key = bytes.fromhex(path.read_text().strip())
    except ValueError:
        key = b""  # the text is a secret, whatever it is: no error repeats it
    if len(key) < KEY_BYTES:
        raise ValueError(f"{path.name}: the signing key needs {KEY_BYTES} bytes, as hex")
    return key
