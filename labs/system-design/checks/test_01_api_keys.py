"""Step 1: who calls, from keys that neither the file nor the clock gives away."""

import hashlib
import hmac
import importlib
import json
import random
import secrets
import stat

import pytest

from recsys import tenancy


@pytest.fixture
def ring(tmp_path):
    return tenancy.KeyRing(tmp_path / "keys.json")


@pytest.fixture
def compared(monkeypatch, tmp_path):
    """A fresh ring, and whatever it hands to the comparison that takes equally long for all."""
    pairs, compare = [], hmac.compare_digest

    def recorded(one, other):
        pairs.append((one, other))
        return compare(one, other)

    monkeypatch.setattr(hmac, "compare_digest", recorded)
    monkeypatch.setattr(secrets, "compare_digest", recorded)
    return importlib.reload(tenancy).KeyRing(tmp_path / "keys.json"), pairs


def test_a_key_finds_its_tenant(ring):
    acme, globex = ring.issue("acme"), ring.issue("globex")
    assert ring.tenant_of(acme) == "acme", "tenant_of the key that was issued to acme"
    assert ring.tenant_of(globex) == "globex", "tenant_of the key that was issued to globex"


def test_nobodys_keys(ring):
    acme, globex = ring.issue("acme"), ring.issue("globex")
    mixed = acme[:20] + globex[20:]
    last = acme[:-1] + ("A" if acme[-1] != "A" else "B")
    assert ring.tenant_of(mixed) is None, "tenant_of the id of acme's key with the secret of globex's"
    assert ring.tenant_of(last) is None, "tenant_of a key of which the last letter is wrong"
    for key in ("", "rk_", acme + "x", " " + acme, "rk_" + "0" * 16 + "_" + "é" * 43, "\x00" * 63):
        assert ring.tenant_of(key) is None, f"tenant_of {key[:12]!r}..., which is nobody's key"


def test_a_stolen_file_opens_no_door(ring):
    key = ring.issue("acme")
    secret, kept = key[20:], ring.path.read_text()
    assert (secret in kept) is False, "whether the secret of a key can be read in the file of keys"
    assert (hashlib.sha256(secret.encode()).hexdigest() in kept) is True, "whether its SHA-256, in hexadecimal, is kept"


def test_the_file_is_its_owners(ring):
    ring.issue("acme")
    mode = stat.S_IMODE(ring.path.stat().st_mode)
    assert f"{mode:o}" == "600", "permissions of the file of keys: to read and write for its owner, for nobody else"


def test_a_reader_sees_a_whole_file(ring):
    ring.issue("acme")
    with ring.path.open() as reader:  # opened before the second key is written, read after
        ring.issue("globex")
        try:
            read = len(json.load(reader)["keys"])
        except ValueError:
            read = "half a file"
    assert read == 1, "keys that a service reads which opened the file just before another was issued"


def test_keys_cannot_be_predicted(ring):
    issued = []
    for _ in range(2):
        random.seed(7)
        issued.append(ring.issue("acme"))
    said = "whether two keys are alike, issued with `random` in the same state: draw them from `secrets`"
    assert (issued[0][20:] == issued[1][20:]) is False, said


def test_the_time_says_nothing(compared):
    ring, pairs = compared
    key = ring.issue("acme")
    wrong, unknown = key[:20] + "A" * 43, "rk_" + "0" * 16 + "_" + "A" * 43
    for name, asked in (("a wrong secret", wrong), ("an id that does not exist", unknown)):
        pairs.clear()
        ring.tenant_of(asked)
        said = f"calls of hmac.compare_digest for a key with {name}: == stops at the first letter that differs"
        assert len(pairs) == 1, said
        assert len(pairs[0][0]) == len(pairs[0][1]), f"lengths of the two sides compared for a key with {name}"


def test_revoking(ring):
    first, second, other = ring.issue("acme"), ring.issue("acme"), ring.issue("globex")
    assert [ring.tenant_of(key) for key in (first, second)] == ["acme", "acme"], "two keys of one tenant, both work"
    assert ring.revoke("acme") == 2, "keys that revoke('acme') withdrew"
    assert [ring.tenant_of(key) for key in (first, second, other)] == [None, None, "globex"], "the three, afterwards"


@pytest.mark.parametrize("tenant", ["", "Acme", "a:b", "../acme", "a" * 33, "a*"])
def test_names_that_are_none(ring, tenant):
    try:
        issued = ring.issue(tenant)
    except ValueError:
        issued = "ValueError"
    assert issued == "ValueError", f"issue({tenant!r}): a tenant's name is part of paths and of Redis keys"


def test_another_process_follows(ring, tmp_path):
    service = tenancy.KeyRing(tmp_path / "keys.json")
    key = ring.issue("acme")
    assert service.tenant_of(key) is None, "before it looks at the file again, the service does not know a new key"
    service.reload()
    assert service.tenant_of(key) == "acme", "after reload, it does"
