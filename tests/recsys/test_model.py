"""Retrieval agrees with its definition, reads back from disk, and keeps its promises for any history."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.linear_model import Ridge

from recsys.catalogue import Catalogue, kind
from recsys.events import Events
from recsys.generator import World, generate_tenant
from recsys.history import HALF_LIFE, by_user, encode, finished
from recsys.model import Retriever, best, ease_weights, interaction_matrix

EVENTS, _ = generate_tenant(1, "acme", World(users=60, items=40, events=1_500, topics=4))
RETRIEVER = Retriever.fit(EVENTS)


def test_ease_is_a_ridge_regression_of_each_item_on_all_others() -> None:
    matrix = np.random.default_rng(0).integers(0, 2, (50, 8)).astype(np.float32)
    weights = ease_weights(matrix, 3.0)
    for item in range(8):
        others = np.delete(np.arange(8), item)
        ridge = Ridge(alpha=3.0, fit_intercept=False).fit(matrix[:, others], matrix[:, item])
        np.testing.assert_allclose(weights[others, item], ridge.coef_, atol=1e-5)
    assert (np.diag(weights) == 0).all()


def test_scores_are_the_weighted_rows_of_the_history() -> None:
    items = RETRIEVER.catalogue.items
    history = encode(RETRIEVER.catalogue, [(items[3], "done"), (items[5], "view")])
    expected = RETRIEVER.weights[3] + 0.3 * 0.5 ** (1 / HALF_LIFE) * RETRIEVER.weights[5]
    np.testing.assert_allclose(RETRIEVER.scores([history])[0], expected, rtol=1e-5)


def test_without_a_history_popularity_decides() -> None:
    items, _ = RETRIEVER.retrieve([], 5)
    assert items == [RETRIEVER.catalogue.items[row] for row in np.argsort(-RETRIEVER.catalogue.popularity)[:5]]


@given(
    st.lists(
        st.tuples(
            st.sampled_from([*RETRIEVER.catalogue.items, "unknown:1"]), st.sampled_from(["view", "done", "dismiss"])
        )
    )
)
def test_excluded_items_are_never_retrieved_and_scores_fall(history: list[tuple[str, str]]) -> None:
    excluded = [item for item, _ in history]
    items, scores = RETRIEVER.retrieve(history, 10, excluded)
    assert not set(items) & set(excluded)
    assert len(set(items)) == len(items)
    assert (np.diff(scores) <= 0).all()


@given(
    arrays(np.float32, st.tuples(st.integers(1, 4), st.integers(1, 12)), elements=st.floats(-5, 5, width=32)),
    st.integers(1, 15),
)
def test_best_is_the_head_of_a_full_sort(scores: np.ndarray, k: int) -> None:
    positions, values = best(scores, k)
    np.testing.assert_array_equal(values, -np.sort(-scores, axis=1)[:, :k])
    np.testing.assert_array_equal(np.take_along_axis(scores, positions, axis=1), values)


def test_a_model_reads_back_as_saved_without_pickle(tmp_path: Path) -> None:
    RETRIEVER.save(tmp_path)
    back = Retriever.load(tmp_path)
    np.testing.assert_array_equal(back.weights, RETRIEVER.weights)
    np.testing.assert_array_equal(back.embeddings, RETRIEVER.embeddings)
    assert back.catalogue.items == RETRIEVER.catalogue.items
    assert {path.suffix for path in tmp_path.iterdir()} == {".json", ".npz"}


def test_arrays_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    RETRIEVER.save(tmp_path)
    np.savez(tmp_path / "retriever.npz", weights=np.zeros((2, 2)), embeddings=RETRIEVER.embeddings)
    with pytest.raises(ValueError, match="do not fit"):
        Retriever.load(tmp_path)


def test_history_keeps_the_strongest_event_at_the_newest_place() -> None:
    a, b, c = RETRIEVER.catalogue.items[:3]
    history = encode(RETRIEVER.catalogue, [(a, "view"), (b, "view"), (a, "done"), (c, "dismiss")])
    assert history.positions.tolist() == [0, 1]
    assert history.weights[0] == 1.0
    assert set(history.finished) == {0, 2}
    assert finished([(a, "view"), (a, "done"), (c, "dismiss"), (b, "view")]) == {a, c}


def test_by_user_is_newest_first() -> None:
    rows = [
        ("t", "u", "a", "view", 1.0),
        ("t", "u", "b", "done", 3.0),
        ("t", "u", "a", "done", 2.0),
        ("t", "u", "a", "view", 0.0),
    ]
    assert by_user(Events.from_rows(rows)) == {"u": [("b", "done"), ("a", "done"), ("a", "view")]}


def test_the_catalogue_keeps_the_most_used_and_knows_kinds_and_hours() -> None:
    noon = 12 * 3600.0
    rows = [("t", f"u{n}", "board:1", "done", noon + n) for n in range(9)]
    rows += [("t", "u1", "automation:1", "done", 3600.0), ("t", "u1", "rare", "view", 7200.0)]
    catalogue = Catalogue.fit(Events.from_rows(rows), limit=2)
    assert catalogue.items == ("automation:1", "board:1")
    lift = catalogue.hour_lift[catalogue.kinds.index("board")]
    assert lift[12] > 0 > lift[1]
    assert kind("rare") == "item"


def test_a_matrix_cell_is_the_strongest_event() -> None:
    rows = [("t", "u", "a", "view", 1.0), ("t", "u", "a", "done", 2.0), ("t", "v", "a", "dismiss", 3.0)]
    events = Events.from_rows(rows)
    assert interaction_matrix(events, Catalogue.fit(events)).tolist() == [[1.0], [0.0]]


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_tiny_tenants_train(rows: int) -> None:
    events = EVENTS.select(np.arange(len(EVENTS)) < rows)
    retriever = Retriever.fit(events)
    assert len(retriever.retrieve([], 10)[0]) == len(retriever.catalogue)
