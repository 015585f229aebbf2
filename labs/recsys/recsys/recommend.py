"""The two stages in a row, for many users of one tenant at once: retrieve, rank, filter, diversify."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from recsys.catalogue import Floats, Indices
from recsys.diversity import diversify
from recsys.history import History, Interaction, encode, finished
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
    diversity: float = DIVERSITY,
    observe: Observe = lambda stage, seconds: None,
) -> list[Recommended]:
    """Answer `queries` in order. Finished and excluded items never appear; a list may be shorter than asked."""
    if not queries or not len(retriever.catalogue):
        return [Recommended([], []) for _ in queries]
    histories = [encode(retriever.catalogue, query.interactions) for query in queries]
    started = time.perf_counter()
    pool = max(CANDIDATES, 3 * max(query.k for query in queries))
    positions, scores = retriever.candidates(histories, [_left_out(retriever, query) for query in queries], pool)
    retrieved = time.perf_counter()
    observe("retrieve", retrieved - started)
    relevance = _relevance(retriever, ranker, queries, histories, positions, scores)
    shown = diversify(relevance, retriever.embeddings[positions], max(query.k for query in queries), diversity)
    observe("rank", time.perf_counter() - retrieved)
    chosen = np.take_along_axis(positions, shown, axis=1), np.take_along_axis(relevance, shown, axis=1)
    return [_named(retriever, *row, query.k) for *row, query in zip(*chosen, queries, strict=True)]


def _relevance(
    retriever: Retriever, ranker: Ranker, queries: Sequence[Query], histories: Sequence[History],
    positions: Indices, scores: Floats,
) -> Floats:  # fmt: skip
    """The ranker's score of each candidate; retrieval's own, which is popularity, for a user without a history."""
    features = candidate_features(retriever, histories, [query.hour for query in queries], positions, scores)
    known = np.array([len(history.positions) > 0 for history in histories])
    relevance = np.where(known[:, None], ranker.score(features), features[..., 0])
    return np.where(np.isfinite(scores), relevance, -np.inf)


def _left_out(retriever: Retriever, query: Query) -> list[int]:
    position = retriever.catalogue.position
    return [position[item] for item in finished(query.interactions) | query.exclude if item in position]


def _named(retriever: Retriever, positions: Indices, scores: Floats, k: int) -> Recommended:
    kept = np.isfinite(scores)
    items = [retriever.catalogue.items[position] for position in positions[kept][:k].tolist()]
    return Recommended(items, [round(score, 4) for score in scores[kept][:k].tolist()])
