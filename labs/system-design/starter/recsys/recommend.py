"""The two stages in a row, for many users of one tenant at once: retrieve, filter, rank, diversify. Yours to write.

As it stands retrieval's first `k` are the answer, whatever the user has done with them.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from recsys.catalogue import Floats, Indices
from recsys.diversity import diversify
from recsys.history import History, Interaction, encode
from recsys.model import Retriever
from recsys.ranking import Ranker, candidate_features

CANDIDATES = 100
DIVERSITY = 0.1

Observe = Callable[[str, float], None]
"""Told the name of a stage and the seconds that it took."""


@dataclass(frozen=True, slots=True)
class Query:
    """One user's request: what they did (newest first), the local hour if known, items to leave out."""

    interactions: Sequence[Interaction] = ()
    k: int = 10
    hour: int | None = None
    exclude: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Recommended:
    """Items and their scores, best first; the scores order one list and mean nothing across lists."""

    items: list[str]
    scores: list[float]


def recommend(
    retriever: Retriever,
    ranker: Ranker,
    queries: Sequence[Query],
    *,
    diversity: float | Sequence[float] = DIVERSITY,
    sure: float = math.inf,
    observe: Observe = lambda stage, seconds: None,
) -> list[Recommended]:
    """Answer `queries` in order. Finished and excluded items never appear; a list may be shorter than asked.

    `diversity` is one weight for all or one a query. Cheap first: a query whose `confidence` reaches `sure` gets
    retrieval's own order, without the ranker.
    """
    if not queries or not len(retriever.catalogue):
        return [Recommended([], []) for _ in queries]
    histories = [encode(retriever.catalogue, query.interactions) for query in queries]
    started = time.perf_counter()
    k = max(query.k for query in queries)
    # step 5: retrieve without what `_left_out` names
    # step 6: retrieve more than is shown, CANDIDATES at least, so that the ranker has something to choose from
    positions, scores = retriever.candidates(histories, [[] for _ in queries], k)
    retrieved = time.perf_counter()
    observe("retrieve", retrieved - started)
    # step 6: `relevance` is what `_relevance` says of each candidate, and `shown` are the columns of the best `k`
    # step 7: `diversify` chooses the columns; `diversity` is one weight for all, or one a query
    # (`sure` belongs to the cost lab: below it, every list is ranked)
    relevance, shown = scores, np.tile(np.arange(min(k, scores.shape[1])), (len(queries), 1))
    observe("rank", time.perf_counter() - retrieved)
    users = np.arange(len(shown))[:, None]
    return _named(retriever, positions[users, shown], relevance[users, shown], [query.k for query in queries])


def confidence(scores: Floats, k: int) -> Floats:
    """How clearly the list ends, (users,): the gap after place `k`'s score over the deviation of all, 0 without one.

    `scores` (users, n) are retrieval's, best first. A wide gap leaves the ranker little to exchange.
    """
    if scores.shape[1] <= k or not np.isfinite(scores).all():
        return np.zeros(len(scores), dtype=np.float32)
    gap: Floats = (scores[:, k - 1] - scores[:, k]) / np.maximum(scores.std(axis=1), 1e-9)
    return gap


def _relevance(
    retriever: Retriever, ranker: Ranker, queries: Sequence[Query], histories: Sequence[History],
    positions: Indices, scores: Floats,
) -> Floats:  # fmt: skip
    """The score of each candidate, (users, candidates)."""
    # step 6: features, then the ranker; a place that no item fills (-inf) stays last
    # step 8: of a user without a history the ranker knows nothing
    return scores


def _left_out(retriever: Retriever, query: Query, history: History) -> list[int]:
    """Positions that must not appear."""
    # step 5: what the user has finished, and what the request excludes
    return []


def _named(retriever: Retriever, positions: Indices, scores: Floats, ks: Sequence[int]) -> list[Recommended]:
    """Lists by name, at most `ks` long, without the places at the end that no item fills."""
    items, lengths = retriever.catalogue.items, np.minimum(np.isfinite(scores).sum(axis=1), ks).tolist()
    rounded = np.round(scores.astype(np.float64), 4).tolist()
    return [
        Recommended([items[position] for position in row[:length]], values[:length])
        for row, values, length in zip(positions.tolist(), rounded, lengths, strict=True)
    ]
