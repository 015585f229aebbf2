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
    uses = use_matrix(train)
    return recommender(train, np.tile(uses.sum(axis=0), (len(uses), 1)), k)


def item_knn(train: Events, k: int = 10, neighbours: int = 50) -> Recommend:
    """Cosine similarity of items, the `neighbours` nearest of each (Deshpande and Karypis, TOIS 2004)."""
    uses = use_matrix(train)
    norms = np.maximum(np.linalg.norm(uses, axis=0), 1e-9)
    similarity = (uses.T @ uses) / norms / norms[:, None]
    np.fill_diagonal(similarity, 0.0)
    cut = np.sort(similarity, axis=0)[-min(neighbours, len(similarity))]
    return recommender(train, uses @ np.where(similarity >= cut, similarity, 0.0), k)


def ease(train: Events, k: int = 10, regularisation: float = 200.0) -> Recommend:
    """EASE as published: binary uses, no strengths, no recency."""
    uses = use_matrix(train)
    return recommender(train, uses @ ease_weights(uses, regularisation), k)


def use_matrix(train: Events) -> Floats:
    """Real use, 0 or 1, of users (sorted) by items (in the order of `Catalogue.fit(train)`)."""
    return np.asarray(interaction_matrix(train, Catalogue.fit(train)) == 1.0, dtype=np.float32)


def recommender(train: Events, scores: Floats, k: int) -> Recommend:
    """The `k` best of `scores`, shaped as by `use_matrix`, that a user has not seen."""
    items = Catalogue.fit(train).items
    column_of = {item: column for column, item in enumerate(items)}
    row_of = {user: row for row, user in enumerate(np.unique(train.user).tolist())}
    for user, item in zip(train.user.tolist(), train.item.tolist(), strict=True):
        if item in column_of:
            scores[row_of[user], column_of[item]] = -np.inf

    def recommend(users: Sequence[str]) -> list[list[str]]:
        positions, values = best(scores[[row_of[user] for user in users]], k)
        kept = np.isfinite(values)
        return [[items[column] for column in row[keep].tolist()] for row, keep in zip(positions, kept, strict=True)]

    return recommend
