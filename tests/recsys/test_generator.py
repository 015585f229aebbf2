"""The generated stream is reproducible, shaped like real logs, and hides a structure that a model can find."""

from __future__ import annotations

import numpy as np

from recsys.generator import MOVIELENS_LAYOUT, World, generate, generate_tenant
from recsys.model import Retriever


def test_a_seed_gives_the_same_events_and_another_seed_others() -> None:
    one, again, other = (generate_tenant(seed, "acme")[0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.item, again.item)
    np.testing.assert_array_equal(one.timestamp, again.timestamp)
    assert one.item[:100].tolist() != other.item[:100].tolist()


def test_a_tenants_events_do_not_depend_on_the_other_tenants() -> None:
    alone, together = generate(1, ["acme"]), generate(1, ["acme", "globex"]).of_tenant("acme")
    assert sorted(alone.timestamp.tolist()) == sorted(together.timestamp.tolist())


def test_the_layout_is_movielens_and_popularity_has_a_long_tail() -> None:
    events, _ = generate_tenant(1, "m", MOVIELENS_LAYOUT)
    assert len(np.unique(events.user)) == 943
    assert 1600 <= len(np.unique(events.item)) <= 1682
    assert 95_000 <= len(events) <= 105_000
    counts = np.sort(np.unique(events.item, return_counts=True)[1])[::-1]
    assert counts[: len(counts) // 10].sum() > 0.3 * counts.sum()
    assert np.median(counts) < counts[0] / 5


def test_embeddings_find_the_topics_that_generated_the_events() -> None:
    events, truth = generate_tenant(1, "acme", World(users=400, items=200, events=30_000, topics=5))
    retriever = Retriever.fit(events)
    topic = truth.topic_of[[truth.items.index(item) for item in retriever.catalogue.items]]
    likeness = retriever.embeddings @ retriever.embeddings.T
    np.fill_diagonal(likeness, -1.0)
    nearest = np.argsort(-likeness, axis=1)[:, :5]
    assert (topic[nearest] == topic[:, None]).mean() > 0.6  # by chance 0.2


def test_tastes_sum_to_one_and_time_runs_forward() -> None:
    events, truth = generate_tenant(3, "acme")
    np.testing.assert_allclose(truth.taste.sum(axis=2), 1.0)
    assert (np.diff(events.timestamp) >= 0).all()
    assert set(np.unique(events.event)) == {"done", "open", "view", "dismiss"}
