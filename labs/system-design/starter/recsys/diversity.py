"""Diversity: ten items of one kind are one recommendation, not ten. Yours to write.

As it stands the list is in order of relevance, however alike its items are.
"""

from __future__ import annotations

import numpy as np

from recsys.catalogue import Floats, Indices
from recsys.quantise import Matrix, rows_of

POOL = 3
"""Candidates considered for each place of the list: diversity reorders what is good, it does not dig for the odd."""


def diversify(relevance: Floats, positions: Indices, vectors: Matrix, k: int, weight: float | Floats) -> Indices:
    """Columns of `relevance` (users, n) to show, (users, min(k, n)), in order.

    `positions` (users, n) are rows of `vectors` (items, d) of length 1. A `weight` of 0 sorts by relevance; 1 pays one
    standard deviation of relevance for avoiding an identical item. Weights (users, 1) give each user one.
    """
    # step 7: an item pays weight x deviation x its greatest likeness (cosine) to an item that ranks above it. One pass
    # over the best POOL x k will do, or one item after the other as in the paper. `rows_of` picks rows of the vectors.
    return np.argsort(-relevance, axis=1, kind="stable")[:, :k]


def _deviation(value: Floats) -> Floats:
    """The standard deviation of each row's finite values, (users, 1)."""
    finite = np.isfinite(value)
    count = np.maximum(finite.sum(axis=1, keepdims=True), 1)
    known = np.where(finite, value, 0.0)
    mean = known.sum(axis=1, keepdims=True) / count
    squares = np.where(finite, (value - mean) ** 2, 0.0)
    deviation: Floats = np.sqrt(squares.sum(axis=1, keepdims=True) / count)
    return deviation
