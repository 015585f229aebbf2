"""Offline evaluation: would the model, trained on the past, have recommended what users went on to do? Yours to write.

Training asks it too: which regularisation, and whether the ranker is worth having. While nobody is judged, it does
without either.
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
    # step 3: find the moment; what has the same time as it stands on one side
    chosen = np.random.default_rng(0).random(len(events)) < share
    return events.select(chosen), events.select(~chosen)


def split_each_user(events: Events, share: float = 0.8) -> tuple[Events, Events]:
    """The first `share` of each user's events, and the rest: every user is judged; some future leaks from others."""
    ordered = events.select(np.lexsort((events.timestamp, events.user)))
    _, start, count = np.unique(ordered.user, return_index=True, return_counts=True)
    rank = np.arange(len(ordered)) - np.repeat(start, count)
    first = rank < np.floor(share * np.repeat(count, count))
    return ordered.select(first), ordered.select(~first)


def relevant_items(train: Events, test: Events) -> dict[str, set[str]]:
    """What each user of `train` newly used in `test`; users without any are not judged."""
    # step 3: real use alone (`is_use`), of items that the user had not met before, by users of whom there is a past
    return {}


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
    # step 3
    return 0.0


def ndcg(hits: Sequence[bool], relevant: int, k: int) -> float:
    """Discounted cumulative gain with binary gains, over that of a perfect list (Jarvelin and Kekalainen, 2002)."""
    # step 3: what the list gained, over what the best possible list of k would have gained
    return 0.0


def average_precision(hits: Sequence[bool], relevant: int, k: int) -> float:
    """Precision at each hit, summed, over the hits that a perfect list of k has."""
    # step 3
    return 0.0


def as_json(scores: Mapping[str, Scores]) -> dict[str, dict[str, float]]:
    """Scores by model, rounded to five places."""
    return {name: {key: round(value, 5) for key, value in asdict(score).items()} for name, score in scores.items()}
