"""Step 4: EASE from implicit feedback, and the best of its scores."""

import numpy as np
import pytest

from recsys.catalogue import Catalogue
from recsys.events import Events
from recsys.history import encode
from recsys.model import Retriever, best, ease_weights, interaction_matrix


def ridge_by_column(uses, regularisation):
    """What EASE is, written out: a ridge regression of every item on all others, one after the other."""
    size = uses.shape[1]
    weights = np.zeros((size, size))
    for item in range(size):
        others = np.delete(np.arange(size), item)
        known = uses[:, others]
        gram = known.T @ known + regularisation * np.eye(size - 1)
        weights[others, item] = np.linalg.solve(gram, known.T @ uses[:, item])
    return weights


def test_the_strongest_event_counts():
    rows = [
        ("acme", "ann", "board:1", "view", 1.0),
        ("acme", "ann", "board:1", "done", 2.0),
        ("acme", "ann", "board:1", "done", 3.0),
        ("acme", "ann", "board:2", "view", 4.0),
        ("acme", "bob", "board:2", "view", 5.0),
        ("acme", "bob", "board:2", "view", 6.0),
        ("acme", "bob", "board:1", "dismiss", 7.0),
        ("acme", "bob", "board:9", "done", 8.0),
    ]
    known = Catalogue.fit(Events.from_rows(rows[:6]))
    got = interaction_matrix(Events.from_rows(rows), known)
    said = "users (ann, bob) x items (board:1, board:2): done 1, view 0.3, dismiss 0; the strongest, not their sum"
    assert np.round(got.astype(float), 4).tolist() == [[1.0, 0.3], [0.0, 0.3]], said


@pytest.mark.parametrize("regularisation", [1.0, 50.0])
def test_ease_is_a_ridge_regression(regularisation):
    uses = (np.random.default_rng(3).random((60, 12)) < 0.3).astype(np.float32)
    wanted, got = ridge_by_column(uses.astype(np.float64), regularisation), ease_weights(uses, regularisation)
    assert np.diag(got).tolist() == [0.0] * 12, "the diagonal of the weights: an item says nothing for itself"
    gap = float(np.abs(got - wanted).max())
    said = "greatest difference to a ridge regression of every item on all others, solved one by one"
    assert gap < 1e-4, f"{said}, regularisation {regularisation:g}"


def test_nobody_used_an_item():
    uses = np.zeros((5, 3), dtype=np.float32)
    uses[:, 0] = 1.0
    got = ease_weights(uses, 10.0)
    assert np.isfinite(got).all(), "weights are finite, also where two items were never used"


def test_the_best_come_first():
    scores = np.array([[0.1, 0.9, 0.5, 0.7], [4.0, 1.0, 3.0, 2.0]], dtype=np.float32)
    positions, values = best(scores, 2)
    assert positions.tolist() == [[1, 3], [0, 2]], "positions of the two largest in each row, largest first"
    assert np.round(values.astype(float), 4).tolist() == [[0.9, 0.7], [4.0, 3.0]], "and their values"
    assert best(scores, 9)[0].tolist() == [[1, 3, 2, 0], [0, 2, 3, 1]], "the best nine of four are all four"


def test_minus_infinity_comes_last():
    scores = np.array([[-np.inf, -5.0, -np.inf, -1.0, -2.0]], dtype=np.float32)
    assert best(scores, 3)[0].tolist() == [[3, 4, 1]], "the best three, where two of five are left out (-inf)"


def test_scores_sum_what_a_history_says(make_retriever):
    weights = np.arange(16, dtype=np.float32).reshape(4, 4)
    retriever = make_retriever(weights)
    history = encode(retriever.catalogue, [("board:2", "done"), ("automation:1", "view")])
    wanted = history.weights[0] * weights[2] + history.weights[1] * weights[1]
    got = retriever.scores([history])[0]
    said = "score of every item after a done of board:2 and a view of automation:1: their rows, each times its weight"
    assert np.round(got, 3).tolist() == np.round(wanted, 3).tolist(), said


def test_histories_do_not_mix(make_retriever):
    retriever = make_retriever(np.eye(4))
    histories = [encode(retriever.catalogue, [(item, "done")]) for item in ("board:0", "board:2")]
    together = retriever.scores(histories)
    alone = [retriever.scores([history])[0].tolist() for history in histories]
    assert together.tolist() == alone, "scores of two users at once, against those of each alone"


def test_without_a_history_what_is_popular(make_retriever):
    retriever = make_retriever(np.eye(4), popularity=[0.1, 0.4, 0.2, 0.3])
    got = retriever.scores([encode(retriever.catalogue, [])])[0]
    assert np.round(got.astype(float), 4).tolist() == [0.1, 0.4, 0.2, 0.3], (
        "scores for a user of whom nothing is known: popularity"
    )


def test_it_is_personal(events, past):
    catalogue = Catalogue.fit(events)
    weights = ease_weights(interaction_matrix(events, catalogue), 5.0)
    retriever = Retriever(catalogue, weights, np.ones((len(catalogue), 1), dtype=np.float32))
    for user, kind in (("u1", "board"), ("u9", "automation")):
        items, _ = retriever.retrieve(past[user], 3, exclude=[item for item, _ in past[user]])
        found = sorted({item.partition(":")[0] for item in items})
        said = f"kinds among the three best new items for {user}, who like everybody in the group used {kind}s"
        assert found == [kind], said
