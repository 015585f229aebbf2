"""API keys: one tenant each, hashed at rest, refused when revoked."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.tenancy import KeyRing


def test_a_key_belongs_to_its_tenant_and_its_secret_is_not_stored(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "keys.json")
    keys = {tenant: ring.issue(tenant) for tenant in ("acme", "globex")}
    for reader in (ring, KeyRing(tmp_path / "keys.json")):
        assert {tenant: reader.tenant_of(key) for tenant, key in keys.items()} == {"acme": "acme", "globex": "globex"}
    text = (tmp_path / "keys.json").read_text()
    assert not any(key.split("_", 2)[2] in text for key in keys.values())
    assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600


def test_the_secret_of_one_key_does_not_open_another(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "keys.json")
    (_, first, _), (_, _, second) = (ring.issue(tenant).split("_", 2) for tenant in ("acme", "globex"))
    assert ring.tenant_of(f"rk_{first}_{second}") is None


@given(key=st.text(max_size=80))
def test_no_text_is_a_key_by_chance(tmp_path_factory: pytest.TempPathFactory, key: str) -> None:
    assert KeyRing(tmp_path_factory.getbasetemp() / "none.json").tenant_of(key) is None


def test_revoked_keys_end_and_others_stay(tmp_path: Path) -> None:
    ring, other = KeyRing(tmp_path / "keys.json"), KeyRing(tmp_path / "keys.json")
    key, kept = ring.issue("acme"), ring.issue("globex")
    assert other.reload()
    assert other.revoke("acme") == 1
    assert ring.reload()
    assert ring.tenant_of(key) is None
    assert ring.tenant_of(kept) == "globex"
    assert not ring.reload()


@pytest.mark.parametrize("tenant", ["", "Acme", "a b", "a/b", "..", "-a", "a" * 33, "a\n", "a:b"])
def test_odd_names_are_no_tenants(tmp_path: Path, tenant: str) -> None:
    with pytest.raises(ValueError, match="is not 1 to 32"):
        KeyRing(tmp_path / "keys.json").issue(tenant)


def test_a_damaged_ring_says_so(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text('{"keys": []}')
    with pytest.raises(ValueError, match="not a key ring"):
        KeyRing(tmp_path / "keys.json")
