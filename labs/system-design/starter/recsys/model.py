"""Retrieval: from all items of a tenant to the hundred worth ranking, in well under 200 microseconds. Yours to write.

As it stands it learns nothing and answers everybody with what is popular. EASE (Steck, WWW 2019) learns in closed form
how much having used item i says for item j: a ridge regression of every item on all others. Item embeddings (truncated
SVD of the same matrix) measure how alike two items are, for diversity and for the ranker; those are given, and so is
reading and writing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
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
        # step 5: what is excluded; a name that the catalogue does not know excludes nothing
        history = encode(self.catalogue, interactions)
        positions, scores = self.candidates([history], [[]], k)
        kept = np.isfinite(scores[0])
        return [self.catalogue.items[row] for row in positions[0][kept]], scores[0][kept]

    def candidates(
        self, histories: Sequence[History], excluded: Sequence[Sequence[int]], k: int
    ) -> tuple[Indices, Floats]:
        """Positions and scores, both (users, min(k, items)), best first; -inf marks a place that no item fills."""
        # step 5: what is excluded gets -inf before the best are chosen, so that it takes nobody's place
        return best(self.scores(histories), k)

    def scores(self, histories: Sequence[History]) -> Floats:
        """A score for every item, (users, items); popularity alone where a history is empty."""
        # step 4: sum the rows of the weights that a history names (`rows_of`), each times its weight in the history
        return np.tile(self.catalogue.popularity, (len(histories), 1))

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
    # step 4: `np.argpartition` finds them without sorting all items; then sort these few
    top = np.tile(np.arange(min(k, scores.shape[1])), (len(scores), 1))
    return top, np.take_along_axis(scores, top, axis=1)


def interaction_matrix(events: Events, catalogue: Catalogue) -> Floats:
    """Users by items, each cell the greatest strength of that user's events on that item."""
    position = catalogue.position
    columns = np.array([position.get(item, -1) for item in events.item.tolist()], dtype=np.intp)
    users, rows = np.unique(events.user, return_inverse=True)
    matrix = np.zeros((len(users), len(catalogue)), dtype=np.float32)
    # step 4: fill it; `columns` is -1 where the catalogue does not know the item, `events.strength()` is the value
    return matrix


def ease_weights(interactions: Floats, regularisation: float) -> Floats:
    """EASE's closed form: B = I - P / diag(P) with P = (X'X + regularisation I)^-1, diagonal 0."""
    # step 4
    return np.zeros((interactions.shape[1], interactions.shape[1]), dtype=np.float32)


def _embed(interactions: Floats) -> Floats:
    """Unit item vectors: how items are used together, by scikit-learn's truncated SVD."""
    from sklearn.decomposition import TruncatedSVD

    size = min(DIMENSIONS, *(length - 1 for length in interactions.shape))
    if size < 1:
        return np.zeros((interactions.shape[1], 1), dtype=np.float32)
    vectors = TruncatedSVD(size, n_iter=4, random_state=0).fit(interactions).components_.T
    lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return np.asarray(vectors / lengths, dtype=np.float32)
