"""The parts between request and model: model shelf, starters, monitoring, write-behind, each alone."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import numpy as np
import pytest

from recsys.answers import EXPERIMENT
from recsys.behind import WriteBehind
from recsys.bundle import SIGNING_KEY, BrokenModelError, Model, load, publish, registry_of
from recsys.events import concatenate
from recsys.generator import World, generate_tenant
from recsys.history import by_user
from recsys.metrics import VARIANTS, Metrics
from recsys.monitoring import ENOUGH, AnswerMonitor, reference
from recsys.prepare import train_tenant
from recsys.recommend import Query, Recommended, recommend
from recsys.registry import Lineage, Registry, SignatureError, describe, sign
from recsys.shelf import ModelShelf
from recsys.starter import STARTER_ITEMS, starter, with_new_item
from recsys.training import train

EVENTS, _ = generate_tenant(1, "acme", World(users=60, items=50, events=2_000, topics=5))
TRAINED = train(EVENTS)
HISTORIES = by_user(EVENTS)
PROFILE = reference(TRAINED.retriever, TRAINED.ranker, HISTORIES)


def model(version: str = "1", tenant: str = "acme") -> Model:
    return Model(tenant, version, TRAINED.retriever, TRAINED.ranker, PROFILE)


def test_the_shelf_follows_the_alias_and_tells(tmp_path: Path) -> None:
    swaps: list[tuple[str, str | None]] = []
    shelf = ModelShelf(tmp_path, on_swapped=lambda new, old: swaps.append((new.version, old.version if old else None)))
    shelf.refresh()
    assert shelf.get("acme") is None
    registry = registry_of(tmp_path, "acme")
    for data in ("monday", "tuesday"):
        registry.set_alias("champion", publish(tmp_path, model(), Lineage(data, "code"), {}))
        shelf.refresh()
        shelf.refresh()
    assert len(swaps) == 2
    assert swaps[1][1] == swaps[0][0]
    registry.rollback("champion", reason="test")
    shelf.refresh()
    serving = shelf.get("acme")
    assert serving is not None
    assert serving.version == swaps[0][0]


def test_a_refused_model_is_told_once_and_the_old_one_stays(tmp_path: Path) -> None:
    refusals: list[str] = []
    shelf = ModelShelf(tmp_path, on_refused=lambda tenant, why: refusals.append(f"{tenant}: {why}"))
    registry = registry_of(tmp_path, "acme")
    registry.set_alias("champion", publish(tmp_path, model(), Lineage("a", "c"), {}))
    shelf.refresh()
    kept = shelf.get("acme")
    registry.set_alias(
        "champion", publish(tmp_path, Model("acme", "", TRAINED.retriever, _poisoned()), Lineage("b", "c"), {})
    )
    for _ in range(3):
        shelf.refresh()
    assert shelf.get("acme") is kept
    assert len(refusals) == 1
    assert "not finite" in refusals[0]


def _poisoned():  # type: ignore[no-untyped-def]
    ranker = TRAINED.ranker
    return type(ranker)(ranker.mean, ranker.scale, ranker.hidden * np.float32(np.inf), ranker.output)


@pytest.mark.parametrize("key", [None, b"k" * 32], ids=["unsigned", "signed with another key"])
def test_a_forged_champion_is_refused_and_the_old_one_serves(tmp_path: Path, key: bytes | None) -> None:
    refusals: list[str] = []
    shelf = ModelShelf(tmp_path / "models", on_refused=lambda tenant, why: refusals.append(why))
    good = publish(tmp_path / "models", model(), Lineage("a", "c"), {})
    registry_of(tmp_path / "models", "acme").set_alias("champion", good)
    shelf.refresh()
    kept = shelf.get("acme")
    forger = Registry(tmp_path / "models" / "acme", key=key)
    signature = sign(describe(good.path, Lineage("forged", "c"), {}).digest, key) if key else None
    forger.set_alias("champion", forger.register(good.path, Lineage("forged", "c"), signature))
    shelf.refresh()
    assert shelf.get("acme") is kept
    assert kept is not None
    assert "sign" in refusals[0]
    with pytest.raises(SignatureError):
        registry_of(tmp_path / "models", "acme").set_alias("champion", forger.resolve("champion"))


def test_the_signing_key_is_made_beside_the_models_for_its_owner_alone(tmp_path: Path) -> None:
    publish(tmp_path / "state" / "models", model(), Lineage("a", "c"), {})
    path = tmp_path / "state" / SIGNING_KEY
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (tmp_path / "elsewhere").symlink_to(tmp_path / "state" / "models")
    assert registry_of(tmp_path / "elsewhere", "acme").get(1).signature
    assert [one.name for one in path.parent.iterdir() if one.is_file()] == [SIGNING_KEY]


def test_a_model_of_another_tenant_is_refused(tmp_path: Path) -> None:
    version = publish(tmp_path, model(tenant="globex"), Lineage("a", "c"), {})
    with pytest.raises(BrokenModelError, match="learnt from tenant 'globex'"):
        load(version, "acme")


def test_a_second_alias_serves_a_candidate_beside_the_champion(tmp_path: Path) -> None:
    registry = registry_of(tmp_path, "acme")
    for alias, data in (("champion", "a"), ("candidate", "b")):
        registry.set_alias(alias, publish(tmp_path, model(), Lineage(data, "c"), {}))
    versions = []
    for alias in ("champion", "candidate"):
        shelf = ModelShelf(tmp_path, alias)
        shelf.refresh()
        versions += [one.version for one in shelf.models()]
    assert len(set(versions)) == 2


def test_training_records_where_a_model_came_from(tmp_path: Path) -> None:
    first = train_tenant(tmp_path, EVENTS, "acme", seed=0)
    registry_of(tmp_path, "acme").set_alias("champion", first)
    second = train_tenant(tmp_path, concatenate([EVENTS, EVENTS.select(np.arange(5))]), "acme", seed=0)
    assert second.manifest.lineage.parent == first.number
    assert second.manifest.lineage.data != first.manifest.lineage.data
    assert 0 < first.manifest.metrics["ndcg_at_10"] < 1
    assert load(first, "acme").profile is not None


def test_starters_come_after_what_is_new_and_leave_out_what_is_done() -> None:
    assert starter(["board:1", STARTER_ITEMS[0]], ["board:1"], 3) == list(STARTER_ITEMS[:3])
    assert starter(["board:1"], [], 2) == ["board:1", STARTER_ITEMS[0]]


def test_a_new_item_takes_the_last_place_of_some_lists() -> None:
    lists = [with_new_item(["a", "b"], ["x", "y", "done"], ["done"], turn) for turn in range(4)]
    assert lists == [["a", "x"], ["a", "y"], ["a", "x"], ["a", "y"]]
    assert with_new_item(["a", "b"], ["a"], [], 0) == ["a", "b"]
    assert with_new_item(["a"], ["x"], [], 0) == ["a"]


def test_answers_like_those_of_training_do_not_drift_and_others_do() -> None:
    assert drift_after(list(HISTORIES.values()) * 8) < 0.1
    newcomers = [history[-2:] for history in HISTORIES.values()] * 8
    assert drift_after(newcomers) > 0.25


def drift_after(histories: list) -> float:  # type: ignore[type-arg]
    """The greatest drift that the metrics show after answers to `histories`."""
    monitor, metrics, serving = AnswerMonitor(), Metrics(), model()
    monitor.follow(serving)
    answers = recommend(TRAINED.retriever, TRAINED.ranker, [Query(history) for history in histories])
    assert len(answers) >= ENOUGH
    for answer, history in zip(answers, histories, strict=True):
        monitor.observe(serving, answer, len(history))
    monitor.report(metrics)
    values = [sample.value for metric in metrics.drift.collect() for sample in metric.samples]
    assert len(values) == 4
    return max(values)


def test_a_window_of_no_length_is_refused() -> None:
    for length in (0.0, -1.0, float("nan")):
        with pytest.raises(ValueError, match="positive number of seconds"):
            AnswerMonitor(length)


def test_answers_of_a_retired_model_are_not_counted() -> None:
    monitor = AnswerMonitor()
    monitor.follow(model("2"))
    for _ in range(ENOUGH + 1):
        monitor.observe(model("1"), Recommended(["board:1"], [1.0]), 1)
    metrics = Metrics()
    monitor.report(metrics)
    assert metrics.coverage.collect()[0].samples[0].value == 1.0


def test_variants_are_those_of_the_running_experiment_and_no_others() -> None:
    assert {*EXPERIMENT.variants, "none"} == set(VARIANTS)
    metrics = Metrics()
    for variant in ("control", None, "made-up"):
        metrics.answer("personal", variant, 2)
    samples = {tuple(one.labels.values()): one.value for one in metrics.answers.collect()[0].samples if one.value <= 4}
    assert samples["personal", "control"] == 2
    assert samples["personal", "none"] == 4
    assert {variant for _, variant in samples} == set(VARIANTS)


def test_labels_are_bounded_whatever_callers_send() -> None:
    metrics = Metrics()
    for number in range(1_000):
        metrics.request(f"/v1/{number}", 404, 0.001)
    metrics.request("/v1/events", 202, 0.001)
    lines = [line for line in metrics.render().decode().splitlines() if line.startswith("recsys_requests_total")]
    assert len(lines) == 2


def test_write_behind_runs_in_order_drops_above_its_bound_and_survives_errors() -> None:
    gate, done = threading.Event(), list[int]()
    behind = WriteBehind(waiting=2)
    behind.submit(lambda: gate.wait(10))
    taken = [behind.submit(lambda number=number: done.append(1 // number)) for number in range(10)]
    gate.set()
    behind.close()
    assert behind.dropped == taken.count(False) >= 7
    assert behind.failed == 1
    assert len(done) == taken.count(True) - 1
