"""Step 5: a deploy and a rollback move one alias, and the history says who, when and why."""

import contextlib

import pytest

from recsys.registry import Lineage, Registry, TamperedError, UnknownVersionError


@pytest.fixture
def registry(tmp_path):
    return Registry(tmp_path / "registry", clock=lambda: 1000.0)


@pytest.fixture
def versions(registry, model):
    """Three versions, none of them promoted."""
    return [registry.register(model(weight), Lineage("d1", f"c{weight}")) for weight in (1.0, 2.0, 3.0)]


def champion(registry):
    try:
        return registry.resolve("champion").number
    except UnknownVersionError:
        return None


def test_promote_and_go_back(registry, versions):
    for version in versions[:2]:
        registry.set_alias("champion", version, actor="ci", reason="won the canary")
    assert champion(registry) == 2, "the champion after versions 1 and 2 were promoted"
    back = registry.rollback("champion", actor="ada", reason="slow")
    assert (back.number, champion(registry)) == (1, 1), "(what rollback returns, the champion) after it"
    last = registry.history("champion")[-1]
    assert (last.actor, last.action, last.number, last.reason) == ("ada", "rollback", 1, "slow"), (
        "the event of a rollback"
    )


def test_a_second_rollback_goes_one_further_back(registry, versions):
    for version in versions:
        registry.set_alias("champion", version)
    registry.rollback("champion", reason="bad")
    registry.rollback("champion", reason="worse")
    assert champion(registry) == 1, "1, 2, 3 promoted, two rollbacks: the first bad version must not come back"


def test_a_promotion_after_a_rollback(registry, versions):
    for version in versions[:2]:
        registry.set_alias("champion", version)
    registry.rollback("champion", reason="bad")
    registry.set_alias("champion", versions[2])
    registry.rollback("champion", reason="bad too")
    assert champion(registry) == 1, "1, 2, rollback, 3, rollback: back to 1, which served before 3, and not to 2"


def test_the_same_version_again_is_no_step(registry, versions):
    for version in (versions[0], versions[1], versions[1]):
        registry.set_alias("champion", version)
    registry.rollback("champion", reason="bad")
    assert champion(registry) == 1, "1, then 2 promoted twice (a retry), rollback: the champion"


@pytest.mark.parametrize("promoted", [0, 1])
def test_there_is_nothing_to_go_back_to(registry, versions, promoted):
    for version in versions[:promoted]:
        registry.set_alias("champion", version)
    with pytest.raises(UnknownVersionError):
        registry.rollback("champion", reason="bad")
    assert champion(registry) == (1 if promoted else None), "the champion after a rollback that could not be"


def test_aliases_do_not_mix(registry, versions):
    registry.set_alias("champion", versions[0])
    registry.set_alias("challenger", versions[1])
    registry.set_alias("champion", versions[2])
    registry.rollback("champion", reason="bad")
    assert champion(registry) == 1, "champion 1, challenger 2, champion 3, champion rolled back: the champion"


def test_a_tampered_version_is_never_promoted(registry, versions):
    registry.set_alias("champion", versions[0])
    file = versions[1].path / "model.json"
    file.chmod(0o644)
    file.write_text("{}")
    with pytest.raises(TamperedError):
        registry.set_alias("champion", versions[1])
    assert champion(registry) == 1, "the champion after a version whose file was changed on disk was to be promoted"
    assert len(registry.history("champion")) == 1, "events of the champion: a refused move is none"


def test_the_move_and_its_event_are_one(registry, versions, monkeypatch):
    registry.set_alias("champion", versions[0])

    def broken(*_):
        raise OSError("No space left on device")

    monkeypatch.setattr(registry, "_log", broken)
    with contextlib.suppress(OSError):
        registry.set_alias("champion", versions[1])
    said = "the champion after the event of its move could not be written: what is not on record has not happened"
    assert champion(registry) == 1, said
