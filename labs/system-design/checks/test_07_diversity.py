"""Step 7: what is like something above it pays for that."""

import numpy as np
import pytest

from recsys.diversity import diversify
from recsys.ranking import Ranker
from recsys.recommend import Query, recommend

ALIKE = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.6, 0.8]], dtype=np.float32)


def shown(relevance, weight, k=4, vectors=ALIKE):
    rows = np.arange(len(relevance[0]))
    got = diversify(np.array(relevance, dtype=np.float32), np.tile(rows, (len(relevance), 1)), vectors, k, weight)
    return np.asarray(got).tolist()


def test_no_weight_no_change():
    assert shown([[0.2, 0.9, 0.5, 0.7]], 0.0) == [[1, 3, 2, 0]], "weight 0: by relevance alone"


def test_a_copy_falls_behind():
    relevance = [[3.0, 2.9, 2.0, -3.0]]
    said = "relevance 3, 2.9, 2, -3; the second is a copy of the first, the third is like neither"
    assert shown(relevance, 1.0, k=3) == [[0, 2, 1]], f"{said}; weight 1: columns in order"


def test_the_best_stays_first():
    for weight in (0.1, 1.0, 10.0):
        got = shown([[3.0, 2.9, 2.0, 0.0]], weight, k=1)
        assert got == [[0]], f"the first place, weight {weight:g}: the most relevant pays for nothing above it"


def test_likeness_to_any_above_counts():
    vectors = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, -1.0]], dtype=np.float32)
    got = shown([[3.0, 2.9, 2.8, 2.0]], 4.0, k=3, vectors=vectors)
    assert got == [[0, 1, 3]], "the third is a copy of the first, not of the second, its neighbour: columns in order"


def test_each_user_has_a_weight():
    relevance = [[3.0, 2.9, 2.0, -3.0]] * 2
    weights = np.array([[0.0], [1.0]], dtype=np.float32)
    assert shown(relevance, weights, k=3) == [[0, 1, 2], [0, 2, 1]], "weights 0 and 1 for two users with equal lists"


def test_the_unit_is_a_deviation():
    relevance = np.array([[3.0, 2.9, 2.0, -3.0]])
    said = "the same relevance, times 1,000: the weight is in deviations, so the order stays"
    assert shown(relevance * 1000, 1.0, k=3) == shown(relevance, 1.0, k=3), said


def test_what_is_left_out_stays_out():
    relevance = [[3.0, 2.9, 2.0, -np.inf]]
    got = shown(relevance, 1.0, k=4)
    assert got[0][-1] == 3, "the last place, where the fourth item is left out (-inf)"
    assert sorted(got[0]) == [0, 1, 2, 3], "every column once"


def test_diversity_does_not_dig_for_the_odd():
    count, k = 40, 2
    vectors = np.zeros((count, 2), dtype=np.float32)
    vectors[:-1, 0], vectors[-1, 1] = 1.0, 1.0  # all alike but the last and least relevant
    got = shown([np.linspace(1, 0, count)], 100.0, k=k, vectors=vectors)
    assert max(got[0]) < 3 * k, f"the furthest candidate among {k} shown of {count}: the pool is the best {3 * k}"


@pytest.fixture
def retriever(make_retriever):
    """Thirty items in ten threesomes that are used alike."""
    weights = np.tile(np.linspace(1, 0.5, 30), (30, 1))
    return make_retriever(weights, np.repeat(np.eye(10), 3, axis=0))


def test_the_service_asks_for_it(retriever):
    query = Query([("automation:29", "done")], k=6)
    plain, mixed = (
        recommend(retriever, Ranker.untrained(), [query], diversity=weight)[0].items for weight in (0.0, 3.0)
    )
    groups = [len({int(item.partition(":")[2]) // 3 for item in items}) for items in (plain, mixed)]
    assert groups[0] == 2, "threesomes among six items, diversity 0"
    assert groups[1] >= 5, "threesomes among six items, diversity 3"


def test_each_query_has_its_own(retriever):
    query = Query([("automation:29", "done")], k=6)
    together = recommend(retriever, Ranker.untrained(), [query, query], diversity=[0.0, 3.0])
    alone = [recommend(retriever, Ranker.untrained(), [query], diversity=weight)[0] for weight in (0.0, 3.0)]
    assert [one.items for one in together] == [one.items for one in alone], "one weight a query, and each alone"
