"""Serving for less: a quantised model and lists without the ranker stay close to the whole model's."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from recsys.bundle import Model, load, publish, registry_of
from recsys.cheap_first import ALIKE, K, calibrated
from recsys.generator import World, generate_tenant
from recsys.history import by_user, encode
from recsys.quantise import Precision, products, quantise, rows_of
from recsys.recommend import CANDIDATES, Query, Recommended, confidence, recommend
from recsys.registry import Lineage
from recsys.shelf import ModelShelf
from recsys.training import train

EVENTS, _ = generate_tenant(1, "acme", World(users=120, items=100, events=6_000, topics=5))
TRAINED = train(EVENTS)
HISTORIES = by_user(EVENTS)
QUERIES = [Query(history) for history in HISTORIES.values()]


def shared(lists: list[Recommended], others: list[Recommended]) -> list[float]:
    """Share of items that each pair of lists has in common."""
    return [len({*one.items} & {*two.items}) / K for one, two in zip(lists, others, strict=True)]


@pytest.mark.parametrize(("precision", "bytes_left", "alike"), [("fp16", 0.52, 0.99), ("int8", 0.32, 0.95)])
def test_a_quantised_model_recommends_the_same_from_less_memory(
    precision: Precision, bytes_left: float, alike: float
) -> None:
    small = TRAINED.retriever.quantised(precision)
    whole = recommend(TRAINED.retriever, TRAINED.ranker, QUERIES)
    assert small.nbytes < bytes_left * TRAINED.retriever.nbytes
    assert np.mean(shared(recommend(small, TRAINED.ranker, QUERIES), whole)) > alike
    assert small.quantised(precision) is small


def test_rows_and_products_of_codes_are_those_of_the_restored_vectors() -> None:
    vectors = np.random.default_rng(0).normal(size=(50, 8)).astype(np.float32)
    stored, picked = quantise(vectors, "int8"), np.array([[3, 4], [49, 0]])
    np.testing.assert_allclose(rows_of(stored, picked), stored.restore()[picked], rtol=1e-6)
    np.testing.assert_allclose(products(vectors[:2], stored), vectors[:2] @ stored.restore().T, rtol=1e-4, atol=1e-5)
    assert rows_of(vectors, picked).base is not vectors
    np.testing.assert_array_equal(rows_of(vectors, picked), vectors[picked])


def test_a_quantised_model_is_not_saved(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="before it is quantised"):
        TRAINED.retriever.quantised("fp16").save(tmp_path)


def test_the_sure_get_retrievals_order_and_the_others_the_whole_model() -> None:
    whole = recommend(TRAINED.retriever, TRAINED.ranker, QUERIES)
    cheap = recommend(TRAINED.retriever, TRAINED.ranker, QUERIES, sure=-1.0)
    encoded = [encode(TRAINED.retriever.catalogue, query.interactions) for query in QUERIES]
    positions, scores = TRAINED.retriever.candidates(encoded, [one.finished for one in encoded], CANDIDATES)
    names = TRAINED.retriever.catalogue.items
    assert [one.items for one in cheap] != [one.items for one in whole]
    for row, one in enumerate(cheap):
        assert one.items == [names[p] for p, s in zip(positions[row], scores[row], strict=True) if s > -math.inf][:K]
    sure = confidence(scores, K)
    middle = float(np.median(sure))
    mixed = recommend(TRAINED.retriever, TRAINED.ranker, QUERIES, sure=middle)
    for one, other, two, level in zip(mixed, whole, cheap, sure.tolist(), strict=True):
        assert one.items == (two.items if level >= middle else other.items)


def test_confidence_is_the_gap_at_the_end_of_the_list() -> None:
    scores = np.array([[5.0, 4.0, 1.0, 0.0], [4.0, 3.0, 3.0, 0.0]], dtype=np.float32)
    np.testing.assert_allclose(confidence(scores, 2), [3.0 / scores[0].std(), 0.0])
    assert confidence(scores, 4).tolist() == [0.0, 0.0]


def test_the_threshold_keeps_what_it_promises_and_travels_with_the_model(tmp_path: Path) -> None:
    sure = calibrated(TRAINED.retriever, TRAINED.ranker, HISTORIES)
    whole = recommend(TRAINED.retriever, TRAINED.ranker, QUERIES)
    agree = shared(recommend(TRAINED.retriever, TRAINED.ranker, QUERIES, sure=sure), whole)
    assert np.mean(np.array(agree) >= ALIKE) >= 0.9
    for value in (sure, 0.25, math.inf):
        version = publish(
            tmp_path, Model("acme", "", TRAINED.retriever, TRAINED.ranker, sure=value), Lineage(f"{value}", "c"), {}
        )
        assert load(version, "acme").sure == value


def test_the_shelf_quantises_what_it_serves(tmp_path: Path) -> None:
    version = publish(tmp_path, Model("acme", "", TRAINED.retriever, TRAINED.ranker), Lineage("a", "c"), {})
    registry_of(tmp_path, "acme").set_alias("champion", version)
    shelf = ModelShelf(tmp_path, precision="int8")
    for _ in range(2):
        shelf.refresh()
    model = shelf.get("acme")
    assert model is not None
    assert model.retriever.nbytes < 0.32 * TRAINED.retriever.nbytes
