"""Offline evaluation: would the model, trained on the past, have recommended what users went on to do?

The split is by time, because a random split lets a model learn from the future and reports figures that no deployment
reaches (Ji et al., A Critical Study on Data Leakage in Recommender System Offline Evaluation, TOIS 2023).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from recsys.events import Events

Recommend = Callable[[Sequence[str]], list[list[str]]]
"""Users to ranked items, best first, without what they used in training."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Means over users of recall, NDCG and average precision, each at k, and the share of items ever recommended."""

    recall: float
    ndcg: float
    map: float
    coverage: float


def split_by_time(events: Events, share: float = 0.8) -> tuple[Events, Events]:
    """Events before and from the moment that `share` of them precede: what a deployment at that moment would know."""
    moment = np.quantile(events.timestamp, share)
    return events.select(events.timestamp < moment), events.select(events.timestamp >= moment)


def split_each_user(events: Events, share: float = 0.8) -> tuple[Events, Events]:
    """The first `share` of each user's events, and the rest: every user is judged; some future leaks from others."""
    ordered = events.select(np.lexsort((events.timestamp, events.user)))
    _, start, count = np.unique(ordered.user, return_index=True, return_counts=True)
    rank = np.arange(len(ordered)) - np.repeat(start, count)
    first = rank < np.floor(share * np.repeat(count, count))
    return ordered.select(first), ordered.select(~first)


def relevant_items(train: Events, test: Events) -> dict[str, set[str]]:
    """What each user of `train` newly used in `test`; users without any are not judged."""
    seen = set(zip(train.user.tolist(), train.item.tolist(), strict=True))
    known = set(train.user.tolist())
    used = test.select(test.is_use())
    relevant: dict[str, set[str]] = {}
    for user, item in zip(used.user.tolist(), used.item.tolist(), strict=True):
        if user in known and (user, item) not in seen:
            relevant.setdefault(user, set()).add(item)
    return relevant


def evaluate(recommend: Recommend, relevant: Mapping[str, set[str]], items: int, k: int = 10) -> Scores:
    """Scores of one recommender on the same users as any other; `items` is the size of the catalogue.

    Raises ValueError where there is no user to judge.
    """
    if not relevant:
        raise ValueError("no user has new items after the split: the events are too few or span too short a time")
    users = sorted(relevant)
    lists = [ranked[:k] for ranked in recommend(users)]
    hits = [[item in relevant[user] for item in ranked] for user, ranked in zip(users, lists, strict=True)]
    sizes = [len(relevant[user]) for user in users]

    def mean(measure: Callable[[Sequence[bool], int, int], float]) -> float:
        return float(np.mean([measure(row, size, k) for row, size in zip(hits, sizes, strict=True)]))

    coverage = len({item for ranked in lists for item in ranked}) / max(items, 1)
    return Scores(mean(recall), mean(ndcg), mean(average_precision), coverage)


def recall(hits: Sequence[bool], relevant: int, k: int) -> float:
    """The share of the relevant items that are among the first k."""
    return sum(hits[:k]) / relevant


def ndcg(hits: Sequence[bool], relevant: int, k: int) -> float:
    """Discounted cumulative gain with binary gains, over that of a perfect list (Jarvelin and Kekalainen, 2002)."""
    gained = sum(1.0 / np.log2(place + 2) for place, hit in enumerate(hits[:k]) if hit)
    return float(gained / sum(1.0 / np.log2(place + 2) for place in range(min(k, relevant))))


def average_precision(hits: Sequence[bool], relevant: int, k: int) -> float:
    """Precision at each hit, summed, over the hits that a perfect list of k has."""
    precisions = [sum(hits[: place + 1]) / (place + 1) for place, hit in enumerate(hits[:k]) if hit]
    return sum(precisions) / min(k, relevant)


def as_json(scores: Mapping[str, Scores]) -> dict[str, dict[str, float]]:
    """Scores by model, rounded to five places."""
    return {name: {key: round(value, 5) for key, value in asdict(score).items()} for name, score in scores.items()}
