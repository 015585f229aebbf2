"""Retrieval: from all items of a tenant to the hundred worth ranking, in well under 200 microseconds.

EASE (Steck, Embarrassingly Shallow Autoencoders, WWW 2019) learns in closed form how much having used item i says for
item j: a ridge regression of every item on all others. Two changes make it better where tastes move: events count by
strength, and a user's history weighs recent interactions more. Beside it lie item embeddings (truncated SVD of the
same matrix), which measure how alike two items are: for diversity, and for the ranker.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import numpy as np

from recsys.catalogue import Catalogue, Floats, Indices
from recsys.events import Events
from recsys.history import History, Interaction, encode
from recsys.quantise import Embeddings, Matrix, Precision, quantise, rows_of

DIMENSIONS = 32


@dataclass(frozen=True)
class Retriever:
    """One tenant's retrieval model: `weights` (items, items), `embeddings` (items, 32) with rows of length 1 or 0."""

    catalogue: Catalogue
    weights: Matrix
    embeddings: Matrix

    @classmethod
    def fit(cls, events: Events, *, regularisation: float = 200.0, catalogue: Catalogue | None = None) -> Retriever:
        """Learn from one tenant's events. O(items^3) time, O(users x items + items^2) memory."""
        catalogue = catalogue or Catalogue.fit(events)
        interactions = interaction_matrix(events, catalogue)
        return cls(catalogue, ease_weights(interactions, regularisation), _embed(interactions))

    def retrieve(
        self, interactions: Sequence[Interaction], k: int, exclude: Sequence[str] = ()
    ) -> tuple[list[str], Floats]:
        """The `k` best items for one history and their scores, best first; fewer where the catalogue is smaller."""
        history = encode(self.catalogue, interactions)
        excluded = [self.catalogue.position[item] for item in exclude if item in self.catalogue.position]
        positions, scores = self.candidates([history], [excluded], k)
        kept = np.isfinite(scores[0])
        return [self.catalogue.items[row] for row in positions[0][kept]], scores[0][kept]

    def candidates(
        self, histories: Sequence[History], excluded: Sequence[Sequence[int]], k: int
    ) -> tuple[Indices, Floats]:
        """Positions and scores, both (users, min(k, items)), best first; -inf marks a place that no item fills."""
        scores = self.scores(histories)
        rows = np.repeat(np.arange(len(excluded)), [len(positions) for positions in excluded])
        scores[rows, np.fromiter(chain.from_iterable(excluded), np.intp, len(rows))] = -np.inf
        return best(scores, k)

    def scores(self, histories: Sequence[History]) -> Floats:
        """A score for every item, (users, items); popularity alone where a history is empty."""
        scores = np.empty((len(histories), len(self.catalogue)), dtype=np.float32)
        # Row by row: one product for all users, mostly of zeros, is slower but for the smallest catalogues, and it
        # rounds differently with the number of users: who else asks must not change a list.
        for history, row in zip(histories, scores, strict=True):
            if len(history.positions):
                np.dot(history.weights, rows_of(self.weights, history.positions), out=row)
            else:
                row[:] = self.catalogue.popularity
        return scores

    def quantised(self, precision: Precision) -> Retriever:
        """The same model in fewer bits; itself for "fp32"."""
        if precision == "fp32" or isinstance(self.weights, Embeddings) or isinstance(self.embeddings, Embeddings):
            return self
        return replace(self, weights=quantise(self.weights, precision), embeddings=quantise(self.embeddings, precision))

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays."""
        return self.weights.nbytes + self.embeddings.nbytes

    def save(self, directory: Path) -> None:
        """Write the arrays as `.npz` and the names as JSON. Raises ValueError for a model in fewer than 32 bits."""
        if isinstance(self.weights, Embeddings) or isinstance(self.embeddings, Embeddings):
            raise ValueError("save the model before it is quantised: what is lost does not come back")
        self.catalogue.save(directory)
        np.savez(directory / "retriever.npz", weights=self.weights, embeddings=self.embeddings)

    @classmethod
    def load(cls, directory: Path) -> Retriever:
        """Read what `save` wrote. Raises ValueError where the arrays do not fit the catalogue."""
        catalogue = Catalogue.load(directory)
        with np.load(directory / "retriever.npz", allow_pickle=False) as arrays:
            retriever = cls(catalogue, arrays["weights"], arrays["embeddings"])
        size = len(catalogue)
        if retriever.weights.shape != (size, size) or retriever.embeddings.shape[:1] != (size,):
            raise ValueError(f"{directory}: weights {retriever.weights.shape} do not fit {size} items")
        return retriever


def best(scores: Floats, k: int) -> tuple[Indices, Floats]:
    """Positions and values of the `k` largest in each row, largest first."""
    rows = np.arange(len(scores))[:, None]
    if k < scores.shape[1]:
        top = np.argpartition(scores, -k, axis=1)[:, -k:]
        values = scores[rows, top]
        order = np.argsort(-values, axis=1)
        return top[rows, order], values[rows, order]
    top = np.argsort(-scores, axis=1, kind="stable")
    return top, scores[rows, top]


def interaction_matrix(events: Events, catalogue: Catalogue) -> Floats:
    """Users by items, each cell the greatest strength of that user's events on that item."""
    position = catalogue.position
    columns = np.array([position.get(item, -1) for item in events.item.tolist()], dtype=np.intp)
    users, rows = np.unique(events.user, return_inverse=True)
    matrix = np.zeros((len(users), len(catalogue)), dtype=np.float32)
    known = columns >= 0
    np.maximum.at(matrix, (rows[known], columns[known]), events.strength()[known])
    return matrix


def ease_weights(interactions: Floats, regularisation: float) -> Floats:
    """EASE's closed form: B = I - P / diag(P) with P = (X'X + regularisation I)^-1, diagonal 0."""
    gram = (interactions.T @ interactions).astype(np.float64)
    gram[np.diag_indices_from(gram)] += regularisation
    inverse = np.linalg.inv(gram)
    weights = (-inverse / np.diag(inverse)).astype(np.float32)
    np.fill_diagonal(weights, 0.0)
    return weights


def _embed(interactions: Floats) -> Floats:
    """Unit item vectors: how items are used together, by scikit-learn's truncated SVD."""
    from sklearn.decomposition import TruncatedSVD

    size = min(DIMENSIONS, *(length - 1 for length in interactions.shape))
    if size < 1:
        return np.zeros((interactions.shape[1], 1), dtype=np.float32)
    vectors = TruncatedSVD(size, n_iter=4, random_state=0).fit(interactions).components_.T
    lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return np.asarray(vectors / lengths, dtype=np.float32)
