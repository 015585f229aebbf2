"""Ranking: order the retrieved candidates by everything that is known of user, item and moment. Yours to write.

A small neural network (one hidden layer), trained on what users did next after their candidates had been retrieved.
Training it is given, and so is what each feature is; what it reads of each candidate, and what it says, is yours.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recsys.catalogue import Catalogue, Floats, Indices
from recsys.history import History
from recsys.model import Retriever
from recsys.quantise import Matrix, products, rows_of

FEATURES = (
    "retrieval",
    "reciprocal_rank",
    "popularity",
    "trend",
    "similarity",
    "kind_affinity",
    "hour_lift",
    "activity",
)
"""The columns of `candidate_features`, in order."""
RECENT = 5
"""Interactions that `similarity` looks back."""
EXAMPLES = 100_000
"""Rows that a ranker learns from at most: more cost time and gain nothing for so few weights."""
DUST = 1e-20
"""Weights below are nothing beside the others, which are around 1, and slow to reckon with; 0 will do for them."""


@dataclass(frozen=True)
class Ranker:
    """Standardise, one hidden layer of ReLU, one output: `mean`, `scale` (F,), `hidden` (F+1, H), `output` (H+1,)."""

    mean: Floats
    scale: Floats
    hidden: Floats
    output: Floats

    @classmethod
    def fit(cls, features: Floats, labels: NDArray[np.bool_], *, units: int = 16, seed: int = 0) -> Ranker:
        """Learn P(used next | features) from rows of `candidate_features` (n, F) and labels (n,)."""
        from sklearn.neural_network import MLPClassifier

        mean, scale = features.mean(axis=0), np.maximum(features.std(axis=0), 1e-6)
        rows = np.random.default_rng(seed).permutation(len(features))[:EXAMPLES]
        network = MLPClassifier(
            (units,), alpha=1.0, batch_size=256, learning_rate_init=0.003, max_iter=15, tol=0.0, random_state=seed
        )
        with warnings.catch_warnings(action="ignore"):  # a fixed number of epochs is meant
            network.fit((features[rows] - mean) / scale, labels[rows])
        hidden, output = (
            np.vstack([weights, bias]).astype(np.float32)
            for weights, bias in zip(network.coefs_, network.intercepts_, strict=True)
        )
        return cls(mean, scale, hidden, output[:, 0])

    @classmethod
    def untrained(cls) -> Ranker:
        """Keeps retrieval's order: for a tenant with too few events to learn from."""
        hidden = np.zeros((len(FEATURES) + 1, 2), dtype=np.float32)
        hidden[0] = 1.0, -1.0
        ones = np.ones(len(FEATURES), dtype=np.float32)
        return cls(0 * ones, ones, hidden, np.array([1.0, -1.0, 0.0], dtype=np.float32))

    def score(self, features: Floats) -> Floats:
        """Log odds that each candidate is used next: (..., F) to (...)."""
        # step 6: standardise by `mean` and `scale`, the hidden layer (the last row of `hidden` is its bias), ReLU, output
        return np.zeros(features.shape[:-1], dtype=np.float32)

    def save(self, directory: Path) -> None:
        """Write `ranker.npz`."""
        np.savez(directory / "ranker.npz", mean=self.mean, scale=self.scale, hidden=self.hidden, output=self.output)

    @classmethod
    def load(cls, directory: Path) -> Ranker:
        """Read what `save` wrote. Raises ValueError where the shapes do not fit each other or FEATURES."""
        with np.load(directory / "ranker.npz", allow_pickle=False) as arrays:
            ranker = cls(*(arrays[name] for name in ("mean", "scale", "hidden", "output")))
        width, units = len(FEATURES), len(ranker.output) - 1
        if ranker.mean.shape != (width,) or ranker.hidden.shape != (width + 1, units):
            raise ValueError(f"{directory}: a ranker of {ranker.hidden.shape} does not fit {width} features")
        return ranker


def candidate_features(
    retriever: Retriever,
    histories: Sequence[History],
    hours: Sequence[int | None],
    positions: Indices,
    scores: Floats,
) -> Floats:
    """What the ranker reads of each candidate: (users, candidates, len(FEATURES)).

    `positions` and `scores` come from `Retriever.candidates`; `hours` are local hours of the day, None where unknown.
    """
    catalogue = retriever.catalogue
    rows, kinds = np.arange(len(positions))[:, None], catalogue.kind_of[positions]
    features = np.empty((*positions.shape, len(FEATURES)), dtype=np.float32)
    # step 6: one column a name in FEATURES. `catalogue.log_popularity` and `.trend` are by item; `_similarity` has every
    # item of every user; `_kind_affinity` and `_lift` have every kind of every user; activity is log(1 + items in the
    # history). `rows` and `kinds` pick what belongs to each user and candidate.
    features[...] = 0.0
    return features


def _standardised(scores: Floats) -> Floats:
    """Each row with mean 0 and deviation 1; places that no item fills become the row's lowest value."""
    if not np.isfinite(scores[:, -1]).all():  # rows are sorted: what is missing is at the end
        filled = np.isfinite(scores)
        floor = np.min(scores, axis=1, keepdims=True, where=filled, initial=np.finfo(np.float32).max)
        scores = np.where(filled, scores, np.where(filled.any(axis=1, keepdims=True), floor, np.float32(0.0)))
    centred = scores - scores.mean(axis=1, keepdims=True)
    variance = np.einsum("ij,ij->i", centred, centred)[:, None] / centred.shape[1]
    standard: Floats = centred / np.maximum(np.sqrt(variance), 1e-9)
    return standard


def _similarity(embeddings: Matrix, histories: Sequence[History]) -> Floats:
    """Cosine of every item to the middle of the latest interactions, (users, items); 0 without any."""
    lengths, latest = _lengths(histories), np.zeros((len(histories), RECENT), dtype=np.intp)
    for row, history in enumerate(histories):
        latest[row, : len(history.positions)] = history.positions[:RECENT]
    known = np.arange(RECENT) < lengths[:, None]
    share = known / np.maximum(np.minimum(lengths, RECENT), 1)[:, None]
    middles = np.einsum("urd,ur->ud", rows_of(embeddings, latest), share.astype(np.float32))
    return products(middles, embeddings)


def _kind_affinity(histories: Sequence[History], catalogue: Catalogue) -> NDArray[np.float64]:
    """The share of each kind in each history, (users, kinds)."""
    positions = np.concatenate([history.positions for history in histories])
    weights = np.concatenate([history.weights for history in histories])
    users, kinds = len(histories), len(catalogue.kinds)
    cells = np.repeat(np.arange(users) * kinds, _lengths(histories)) + catalogue.kind_of[positions]
    weight = np.bincount(cells, weights, users * kinds).reshape(users, kinds)
    shares: NDArray[np.float64] = weight / np.maximum(weight.sum(axis=1, keepdims=True), 1e-9)
    return shares


def _lift(hour_lift: Floats, hours: Sequence[int | None]) -> Floats:
    """How much more each kind is used at each user's hour, (users, kinds); 0 where the hour is not known."""
    known = np.array([hour is not None for hour in hours])
    lift: Floats = hour_lift[:, [hour or 0 for hour in hours]].T * known[:, None]
    return lift


def _lengths(histories: Sequence[History]) -> Indices:
    return np.array([len(history.positions) for history in histories])
