"""What a model has to beat before it is worth running: popularity, item-kNN and plain EASE."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from recsys.catalogue import Catalogue, Floats
from recsys.evaluation import Recommend
from recsys.events import Events
from recsys.model import best, ease_weights, interaction_matrix


def popularity(train: Events, k: int = 10) -> Recommend:
    """The most used items, the same for everybody but for what each has seen."""
    catalogue, _, uses = _use_matrix(train)
    return _recommender(train, catalogue, np.tile(uses.sum(axis=0), (len(uses), 1)), k)


def item_knn(train: Events, k: int = 10, neighbours: int = 50) -> Recommend:
    """Cosine similarity of items, the `neighbours` nearest of each (Deshpande and Karypis, TOIS 2004)."""
    catalogue, _, uses = _use_matrix(train)
    norms = np.maximum(np.linalg.norm(uses, axis=0), 1e-9)
    similarity = (uses.T @ uses) / norms / norms[:, None]
    np.fill_diagonal(similarity, 0.0)
    cut = np.sort(similarity, axis=0)[-min(neighbours, len(similarity)) :][0]
    return _recommender(train, catalogue, uses @ np.where(similarity >= cut, similarity, 0.0), k)


def ease(train: Events, k: int = 10, regularisation: float = 200.0) -> Recommend:
    """EASE as published: binary uses, no weights, no recency."""
    catalogue, _, uses = _use_matrix(train)
    return _recommender(train, catalogue, uses @ ease_weights(uses, regularisation), k)


def _use_matrix(train: Events) -> tuple[Catalogue, list[str], Floats]:
    catalogue = Catalogue.fit(train)
    matrix = interaction_matrix(train, catalogue)
    return catalogue, np.unique(train.user).tolist(), (matrix == 1.0).astype(np.float32)


def _recommender(train: Events, catalogue: Catalogue, scores: Floats, k: int) -> Recommend:
    """The `k` best of `scores` (users, items) that a user has not seen."""
    row_of = {user: row for row, user in enumerate(np.unique(train.user).tolist())}
    column_of = catalogue.position
    for user, item in zip(train.user.tolist(), train.item.tolist(), strict=True):
        if item in column_of:
            scores[row_of[user], column_of[item]] = -np.inf

    def recommend(users: Sequence[str]) -> list[list[str]]:
        positions, values = best(scores[[row_of[user] for user in users]], k)
        return [
            [catalogue.items[position] for position in row[np.isfinite(value)]]
            for row, value in zip(positions, values, strict=True)
        ]

    return recommend
