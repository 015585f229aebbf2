"""The ranker computes what scikit-learn's network computes; recommending keeps its promises for any query."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from recsys.diversity import diversify
from recsys.events import Events
from recsys.generator import World, generate_tenant
from recsys.history import by_user, encode
from recsys.model import Retriever
from recsys.ranking import FEATURES, Ranker, candidate_features
from recsys.recommend import Query, recommend
from recsys.training import train

EVENTS, _ = generate_tenant(1, "acme", World(users=150, items=100, events=9_000, topics=6))
TRAINED = train(EVENTS)
ITEMS = TRAINED.retriever.catalogue.items


def test_scores_are_the_log_odds_of_the_network() -> None:
    random = np.random.default_rng(0)
    features = random.normal(size=(800, len(FEATURES))).astype(np.float32)
    labels = features[:, 0] + features[:, 1] ** 2 > 1
    ranker = Ranker.fit(features, labels, seed=3)
    network = MLPClassifier(
        (16,), alpha=1.0, batch_size=256, learning_rate_init=0.003, max_iter=15, tol=0.0, random_state=3
    )
    rows = np.random.default_rng(3).permutation(800)
    standard = (features - features.mean(axis=0)) / features.std(axis=0)
    with pytest.warns(ConvergenceWarning):
        network.fit(standard[rows], labels[rows])
    probability = network.predict_proba(standard)[:, 1]
    np.testing.assert_allclose(1 / (1 + np.exp(-ranker.score(features))), probability, atol=1e-4)


def test_untrained_keeps_the_order_of_retrieval() -> None:
    features = np.random.default_rng(0).normal(size=(50, len(FEATURES))).astype(np.float32)
    order = np.argsort(-Ranker.untrained().score(features))
    np.testing.assert_array_equal(order, np.argsort(-features[:, 0]))


def test_a_ranker_reads_back_and_refuses_other_shapes(tmp_path: Path) -> None:
    TRAINED.ranker.save(tmp_path)
    np.testing.assert_array_equal(Ranker.load(tmp_path).hidden, TRAINED.ranker.hidden)
    ones = np.ones(3, dtype=np.float32)
    np.savez(tmp_path / "ranker.npz", mean=ones, scale=ones, hidden=np.ones((4, 2)), output=ones)
    with pytest.raises(ValueError, match="does not fit"):
        Ranker.load(tmp_path)


def test_features_mean_what_they_are_called() -> None:
    retriever = TRAINED.retriever
    history = encode(retriever.catalogue, by_user(EVENTS)["u1"])
    positions, scores = retriever.candidates([history], [[]], 20)
    features = candidate_features(retriever, [history], [9], positions, scores)[0]
    catalogue, rows = retriever.catalogue, positions[0]
    middle = retriever.embeddings[history.positions[:5]].mean(axis=0)
    np.testing.assert_allclose(features[:, 0], (scores[0] - scores[0].mean()) / scores[0].std(), atol=1e-4)
    np.testing.assert_allclose(features[:, 2], np.log(catalogue.popularity[rows] + 1e-5), atol=1e-5)
    np.testing.assert_allclose(features[:, 4], retriever.embeddings[rows] @ middle, atol=1e-5)
    np.testing.assert_allclose(features[:, 6], catalogue.hour_lift[catalogue.kind_of[rows], 9], atol=1e-6)
    shares = [history.weights[catalogue.kind_of[history.positions] == kind].sum() for kind in catalogue.kind_of[rows]]
    np.testing.assert_allclose(features[:, 5], np.array(shares) / history.weights.sum(), atol=1e-5)


histories = st.lists(
    st.tuples(st.sampled_from([*ITEMS, "cold:1"]), st.sampled_from(["view", "open", "done", "dismiss"])), max_size=60
)


@given(
    st.lists(
        st.tuples(histories, st.integers(1, 50), st.none() | st.integers(0, 23), st.sets(st.sampled_from(ITEMS))),
        max_size=5,
    )
)
def test_nothing_finished_excluded_or_repeated_is_recommended(asked: list) -> None:
    queries = [Query(history, k, hour, frozenset(left_out)) for history, k, hour, left_out in asked]
    answers = recommend(TRAINED.retriever, TRAINED.ranker, queries)
    assert len(answers) == len(queries)
    for query, answer in zip(queries, answers, strict=True):
        refused = {item for item, event in query.interactions if event != "view"} | query.exclude
        assert not set(answer.items) & refused
        assert len(set(answer.items)) == len(answer.items) == min(query.k, len(set(ITEMS) - refused))
        assert np.isfinite(answer.scores).all()


def test_a_query_is_answered_alike_alone_and_in_company() -> None:
    users = by_user(EVENTS)
    queries = [Query(users[user], hour=9) for user in sorted(users)[:20]]
    together = recommend(TRAINED.retriever, TRAINED.ranker, queries)
    alone = [recommend(TRAINED.retriever, TRAINED.ranker, [query])[0] for query in queries]
    assert [answer.items for answer in together] == [answer.items for answer in alone]


def test_the_hour_of_the_day_changes_the_order() -> None:
    history = by_user(EVENTS)["u1"]
    nine, night = recommend(TRAINED.retriever, TRAINED.ranker, [Query(history, hour=9), Query(history, hour=17)])
    assert nine.items != night.items


def test_diversity_replaces_a_twin_and_weight_zero_does_not() -> None:
    vectors = np.array([[1, 0], [1, 0], [0, 1], [0.6, 0.8]], dtype=np.float32)
    relevance = np.array([[1.0, 0.95, 0.9, 0.1]], dtype=np.float32)
    positions = np.array([[0, 1, 2, 3]])
    assert diversify(relevance, positions, vectors, 2, 0.0).tolist() == [[0, 1]]
    assert diversify(relevance, positions, vectors, 2, 1.0).tolist() == [[0, 2]]
    two = [np.tile(array, (2, 1)) for array in (relevance, positions)]
    weights = np.array([[0.0], [1.0]], dtype=np.float32)
    assert diversify(two[0], two[1], vectors, 2, weights).tolist() == [[0, 1], [0, 2]]


def test_diverse_lists_hold_less_alike_items() -> None:
    users, embeddings = by_user(EVENTS), TRAINED.retriever.embeddings
    position = TRAINED.retriever.catalogue.position

    def likeness(weight: float) -> float:
        answers = recommend(
            TRAINED.retriever, TRAINED.ranker, [Query(users[user]) for user in sorted(users)], diversity=weight
        )
        rows = [embeddings[[position[item] for item in answer.items]] for answer in answers]
        return float(np.mean([(row @ row.T)[np.triu_indices(len(row), 1)].mean() for row in rows]))

    assert likeness(1.0) < likeness(0.0)


def test_few_events_leave_the_ranker_untrained() -> None:
    few = EVENTS.select(np.arange(len(EVENTS)) < 200)
    assert not train(few).ranker_trained
    with pytest.raises(ValueError, match="no events"):
        train(Events.from_rows([]))
    assert TRAINED.ranker_trained
    assert Retriever.fit(few).retrieve([], 3)[0]
