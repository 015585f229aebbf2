"""Metrics equal scikit-learn's and a textbook's; the split shows no future; the model beats its baselines."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, ndcg_score

from recsys import baselines
from recsys.evaluation import average_precision, evaluate, ndcg, recall, relevant_items, split_by_time, split_each_user
from recsys.events import Events
from recsys.generator import World, generate_tenant
from recsys.report import evaluate_events, table

EVENTS, _ = generate_tenant(1, "acme")


@given(st.lists(st.booleans(), min_size=2, max_size=30), st.integers(1, 12))
def test_ndcg_and_recall_equal_scikit_learn(hits: list[bool], k: int) -> None:
    assume(any(hits))
    order = np.arange(len(hits), 0, -1)
    assert ndcg(hits, sum(hits), k) == pytest.approx(ndcg_score([hits], [order], k=k))
    assert recall(hits, sum(hits), k) == pytest.approx(sum(hits[:k]) / sum(hits))


@given(st.lists(st.booleans(), min_size=1, max_size=30))
def test_average_precision_of_a_whole_list_equals_scikit_learn(hits: list[bool]) -> None:
    assume(any(hits))
    expected = average_precision_score(hits, np.arange(len(hits), 0, -1))
    assert average_precision(hits, sum(hits), len(hits)) == pytest.approx(expected)


def test_average_precision_of_the_textbook() -> None:
    # Manning, Raghavan, Schuetze, Introduction to Information Retrieval, ch. 8: relevant at 1, 3, 6, 9, 10 of ten.
    hits = [place in (1, 3, 6, 9, 10) for place in range(1, 11)]
    assert average_precision(hits, 5, 10) == pytest.approx((1 + 2 / 3 + 3 / 6 + 4 / 9 + 5 / 10) / 5)


def test_the_split_by_time_shows_no_future() -> None:
    past, future = split_by_time(EVENTS)
    assert past.timestamp.max() < future.timestamp.min()
    assert len(past) + len(future) == len(EVENTS)
    assert len(past) / len(EVENTS) == pytest.approx(0.8, abs=0.01)


def test_the_split_of_each_user_keeps_everybody_in_order() -> None:
    past, future = split_each_user(EVENTS)
    for user in np.unique(EVENTS.user)[:20]:
        before, after = (part.timestamp[part.user == user] for part in (past, future))
        assert before.max() <= after.min()
        assert len(before) == int(0.8 * (len(before) + len(after)))


def test_only_new_real_use_of_known_users_is_relevant() -> None:
    past = Events.from_rows([("t", "u", "a", "done", 0.0)])
    future = Events.from_rows(
        [
            ("t", "u", "a", "done", 1.0),
            ("t", "u", "b", "open", 2.0),
            ("t", "u", "c", "view", 3.0),
            ("t", "new", "b", "done", 4.0),
        ]
    )
    assert relevant_items(past, future) == {"u": {"b"}}


def test_a_perfect_recommender_scores_one() -> None:
    relevant = {"u": {"a", "b"}, "v": {"c"}}
    scores = evaluate(lambda users: [sorted(relevant[user]) for user in users], relevant, items=4)
    assert (scores.recall, scores.ndcg, scores.map, scores.coverage) == (1.0, 1.0, 1.0, 0.75)
    with pytest.raises(ValueError, match="no user"):
        evaluate(lambda users: [], {}, 4)


def test_no_baseline_recommends_what_was_seen() -> None:
    past, future = split_by_time(EVENTS)
    relevant = relevant_items(past, future)
    seen = set(zip(past.user.tolist(), past.item.tolist(), strict=True))
    users = sorted(relevant)
    for make in (baselines.popularity, baselines.item_knn, baselines.ease):
        for user, items in zip(users, make(past)(users), strict=True):
            assert len(items) == 10
            assert not {(user, item) for item in items} & seen


def test_the_model_beats_ease_which_beats_neighbours_which_beat_popularity() -> None:
    report = evaluate_events(EVENTS)
    ndcg_of = {name: scores["ndcg"] for name, scores in report["overall"].items()}
    assert ndcg_of["two_stage"] >= ndcg_of["ease"] > ndcg_of["item_knn"] > ndcg_of["popularity"] > 0
    assert json.loads(json.dumps(report)) == report
    assert "two_stage" in table(report)


def test_tenants_are_judged_apart() -> None:
    small = World(users=40, items=40, events=1_000, topics=4)
    streams = [generate_tenant(1, tenant, small)[0] for tenant in ("a", "b")]
    both = Events(
        *(
            np.concatenate([getattr(one, name) for one in streams])
            for name in ("tenant", "user", "item", "event", "timestamp")
        )
    )
    report = evaluate_events(both)
    alone = evaluate_events(streams[0])
    assert report["tenants"]["a"] == alone["tenants"]["a"]
