"""Step 3: a split by time, who is judged on what, and the measures of the papers."""

import math
from itertools import product

import numpy as np
import pytest

from recsys.evaluation import average_precision, ndcg, recall, relevant_items, split_by_time
from recsys.events import Events

# scikit-learn 1.7, ndcg_score([truth], [score], k=10): hits at these places (from 1) of a ranking of 50 items, so many
# relevant items in all. Repeated by tests/labs/test_system_design_references.py.
NDCG_AT_10 = {
    ((1,), 1): 1.0,
    ((2,), 1): 0.63093,
    ((2, 3), 2): 0.693426,
    ((1, 4, 10), 3): 0.807038,
    ((10,), 5): 0.098039,
    ((1, 2, 3), 20): 0.469,
}
# TREC's definition, cut at k: precision at each hit, over the hits that a perfect list of k has.
PRECISION_AT_5 = {((1, 4), 2): 0.75, ((2,), 1): 0.5, ((1, 2, 3, 4, 5), 9): 1.0, ((5,), 9): 0.04}


def hits_of(places, length=10):
    return [place in places for place in range(1, length + 1)]


def events_of(rows):
    return Events.from_rows([("acme", user, item, event, float(at)) for user, item, event, at in rows])


def stream(count=500, seed=5):
    random = np.random.default_rng(seed)
    times = random.integers(0, 100, count)  # many at the same moment
    return events_of([(f"u{n % 20}", f"board:{n}", "done", at) for n, at in enumerate(times.tolist())])


@pytest.mark.parametrize("share", [0.5, 0.8, 0.9])
def test_nothing_of_the_future_is_in_the_past(share):
    events = stream()
    past, future = split_by_time(events, share)
    assert len(past) + len(future) == len(events), "events in both parts together: none is lost, none is in both"
    assert len(future) > 0, "events after the split"
    latest, earliest = float(past.timestamp.max()), float(future.timestamp.min())
    assert latest < earliest, "the latest event to train on, against the earliest to judge by"
    assert abs(len(past) / len(events) - share) < 0.03, f"share of the events before the split, asked for {share}"


def test_events_in_any_order():
    events = stream()
    turned = events.select(np.arange(len(events))[::-1])
    assert len(split_by_time(turned)[0]) == len(split_by_time(events)[0]), "the same events in another order"


def test_who_is_judged_on_what():
    past = events_of([("ann", "board:1", "done", 1), ("ann", "board:2", "view", 2), ("bob", "board:1", "open", 3)])
    future = events_of(
        [
            ("ann", "board:1", "done", 10),
            ("ann", "board:2", "done", 11),
            ("ann", "board:3", "done", 12),
            ("ann", "board:4", "open", 13),
            ("ann", "board:5", "view", 14),
            ("ann", "board:6", "dismiss", 15),
            ("bob", "board:1", "done", 16),
            ("cid", "board:3", "done", 17),
        ]
    )
    relevant = relevant_items(past, future)
    said = "ann's: newly used (done, open); not what she had met before, not what she merely viewed or dismissed"
    assert relevant.get("ann") == {"board:3", "board:4"}, said
    assert "bob" not in relevant, "bob used nothing new, so there is nothing to judge by"
    assert "cid" not in relevant, "of cid there is no past, so there is nothing to recommend from"


def test_recall():
    assert recall(hits_of({1, 3}), 4, 10) == 0.5, "recall@10: two of four relevant items are in the list"
    assert recall(hits_of({1, 8}), 4, 5) == 0.25, "recall@5: the hit at place 8 does not count"
    assert recall(hits_of({1, 2, 3, 4, 5}, 5), 20, 5) == 0.25, "recall@5: five of twenty, however short the list is"


@pytest.mark.parametrize(("places", "relevant"), NDCG_AT_10)
def test_ndcg(places, relevant):
    got = round(ndcg(hits_of(places), relevant, 10), 6)
    said = f"NDCG@10 (scikit-learn's ndcg_score): hits at places {places}, {relevant} relevant items in all"
    assert got == NDCG_AT_10[places, relevant], said


def test_ndcg_is_cut():
    assert ndcg(hits_of({1, 6}), 2, 5) == pytest.approx(1 / (1 + 1 / math.log2(3))), "NDCG@5: place 6 gains nothing"


def test_a_better_list_has_a_higher_ndcg():
    for places in product(range(1, 10), repeat=1):
        higher, lower = ndcg(hits_of(set(places)), 3, 10), ndcg(hits_of({places[0] + 1}), 3, 10)
        assert higher > lower, f"NDCG@10 of a hit at place {places[0]}, against the same hit one place lower"


@pytest.mark.parametrize(("places", "relevant"), PRECISION_AT_5)
def test_average_precision(places, relevant):
    got = round(average_precision(hits_of(places, 5), relevant, 5), 6)
    assert got == PRECISION_AT_5[places, relevant], f"AP@5: hits at places {places}, {relevant} relevant items in all"
