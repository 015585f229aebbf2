"""Step 6: the ranker orders a hundred candidates by what is known of user, item and moment."""

import math

import numpy as np
import pytest

from recsys.history import encode
from recsys.ranking import FEATURES, Ranker, candidate_features
from recsys.recommend import Query, recommend

SIZE = 120


@pytest.fixture
def retriever(make_retriever):
    random = np.random.default_rng(9)
    weights = np.tile(np.linspace(1, 0, SIZE), (SIZE, 1))
    vectors = random.normal(size=(SIZE, 6))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return make_retriever(weights, vectors, popularity=random.permutation(SIZE) / SIZE + 0.001)


def written_out(ranker, row):
    """The network, a number at a time."""
    standard = [(value - mean) / scale for value, mean, scale in zip(row, ranker.mean, ranker.scale, strict=True)]
    total = float(ranker.output[-1])
    for unit in range(ranker.hidden.shape[1]):
        sum_ = sum(value * weight for value, weight in zip(standard, ranker.hidden[:-1, unit], strict=True))
        total += max(0.0, float(sum_ + ranker.hidden[-1, unit])) * float(ranker.output[unit])
    return total


def features_of(retriever, users, hours, count=10):
    histories = [encode(retriever.catalogue, history) for history in users]
    positions, scores = retriever.candidates(histories, [[]] * len(users), count)
    return histories, positions, candidate_features(retriever, histories, hours, positions, scores)


def test_what_the_network_says():
    random, width = np.random.default_rng(4), len(FEATURES)
    ranker = Ranker(
        *(random.normal(size=shape).astype(np.float32) for shape in (width,)),
        scale=random.uniform(0.5, 2, width).astype(np.float32),
        hidden=random.normal(size=(width + 1, 5)).astype(np.float32),
        output=random.normal(size=6).astype(np.float32),
    )
    rows = random.normal(size=(2, 3, width)).astype(np.float32)
    got = ranker.score(rows)
    assert got.shape == (2, 3), "shape of the scores of 2 users x 3 candidates x features"
    wanted = [[round(written_out(ranker, row), 3) for row in user] for user in rows]
    assert np.round(got.astype(float), 3).tolist() == wanted, (
        "standardise, hidden layer, ReLU, output: the network written out"
    )


def test_untrained_keeps_retrievals_order(retriever):
    _, _, features = features_of(retriever, [[("board:0", "done")]], [None])
    scores = Ranker.untrained().score(features)[0]
    assert np.argsort(-scores, kind="stable").tolist() == list(range(10)), "order of ten candidates, ranker untrained"


def test_each_feature_is_the_candidates_own(retriever):
    catalogue = retriever.catalogue
    users = [[("board:0", "done"), ("board:2", "done")], [("automation:1", "done")]]
    histories, positions, features = features_of(retriever, users, [9, None])
    for row, (history, hour) in enumerate(zip(histories, (9, None), strict=True)):
        middle = retriever.embeddings[history.positions].mean(axis=0)
        for place in (0, 4, 9):
            item = positions[row, place]
            kind = catalogue.kind_of[item]
            share = history.weights[catalogue.kind_of[history.positions] == kind].sum() / history.weights.sum()
            wanted = {
                "reciprocal_rank": 1 / (place + 1),
                "popularity": math.log(catalogue.popularity[item] + 1e-5),
                "trend": catalogue.trend[item],
                "similarity": middle @ retriever.embeddings[item],
                "kind_affinity": share,
                "hour_lift": 0.0 if hour is None else catalogue.hour_lift[kind, hour],
                "activity": math.log(1 + len(history.positions)),
            }
            for name, value in wanted.items():
                got = round(float(features[row, place, FEATURES.index(name)]), 3)
                assert got == pytest.approx(round(float(value), 3), abs=2e-3), (
                    f"feature {name} of user {row}'s candidate at place {place}, {catalogue.items[item]}"
                )


def test_retrievals_scores_are_made_comparable(retriever):
    _, _, features = features_of(retriever, [[("board:0", "done")]] * 2, [None, None])
    column = features[..., FEATURES.index("retrieval")]
    spread = [(round(float(row.mean()), 3), round(float(row.std()), 3)) for row in column]
    assert [(abs(mean), deviation) for mean, deviation in spread] == [(0.0, 1.0)] * 2, "mean and deviation, per user"


def test_the_rankers_order_is_shown(retriever, wants):
    history = [("board:0", "done")]
    (answer,) = recommend(retriever, wants("trend"), [Query(history, k=5)], diversity=0.0)
    trend = dict(zip(retriever.catalogue.items, retriever.catalogue.trend, strict=True))
    got = [trend[item] for item in answer.items]
    assert got == sorted(got, reverse=True), "a ranker that wants trend: the trend of the five items shown"
    said = "the ranker sees 100 candidates, not the ten that retrieval likes most: the first item's place in retrieval"
    assert retriever.catalogue.items.index(answer.items[0]) >= 90, said


def test_the_ranker_cannot_bring_back_what_is_out(retriever, wants):
    everything_else = frozenset(retriever.catalogue.items[4:])
    query = Query([("board:0", "done")], k=5, exclude=everything_else)
    (answer,) = recommend(retriever, wants("trend"), [query], diversity=0.0)
    assert sorted(answer.items) == ["automation:1", "automation:3", "board:2"], "where three items are allowed"


def test_the_hour_matters(retriever, wants):
    asked = [Query([("board:0", "done")], k=5, hour=hour) for hour in (0, 23)]
    early, late = recommend(retriever, wants("hour_lift"), asked, diversity=0.0)
    kinds = [{item.partition(":")[0] for item in answer.items} for answer in (early, late)]
    assert kinds == [{"automation"}, {"board"}], (
        "kinds shown at 0 and at 23 h, by a ranker that wants what fits the hour"
    )


def test_users_are_ranked_each_for_themselves(retriever, wants):
    queries = [Query([(f"board:{n}", "done")], k=k) for n, k in ((0, 3), (2, 10), (4, 5))]
    together = [one.items for one in recommend(retriever, wants("similarity"), queries, diversity=0.0)]
    alone = [recommend(retriever, wants("similarity"), [query], diversity=0.0)[0].items for query in queries]
    assert together == alone, "three users at once, and each alone"
    assert [len(items) for items in together] == [3, 10, 5], "lengths of the lists, each as long as asked"
