"""Diversity: ten items of one kind are one recommendation, not ten.

Maximal marginal relevance (Carbonell and Goldstein, 1998) in a single pass: an item pays for its likeness to any item
that ranks above it. The original takes items one by one and compares with those taken; for a page of ten the lists
hardly differ, and one pass costs a few array operations for any number of users.
"""

from __future__ import annotations

from functools import lru_cache

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
    order = _first(relevance, POOL * k)
    if not np.any(weight) or order.shape[1] < 2:
        return order[:, :k]
    rows = np.arange(len(order))[:, None]
    value, shown = relevance[rows, order], rows_of(vectors, positions[rows, order])
    likeness = np.matmul(shown, np.ascontiguousarray(shown.transpose(0, 2, 1)))
    likeness *= _above(likeness.shape[1])
    penalty = likeness.max(axis=1)
    penalised = value - weight * _deviation(value) * penalty
    return order[rows, np.argsort(-penalised, axis=1, kind="stable")[:, :k]]


def _first(relevance: Floats, count: int) -> Indices:
    """Columns of the `count` largest values of each row, largest first, equals among them as they came."""
    if count >= relevance.shape[1]:
        return np.argsort(-relevance, axis=1, kind="stable")
    columns = np.sort(np.argpartition(relevance, -count, axis=1)[:, -count:], axis=1)
    rows = np.arange(len(relevance))[:, None]
    return columns[rows, np.argsort(-relevance[rows, columns], axis=1, kind="stable")]


@lru_cache(64)
def _above(size: int) -> Floats:
    """1 where an item (row) ranks above another (column), else 0."""
    return np.triu(np.ones((size, size), dtype=np.float32), 1)


def _deviation(value: Floats) -> Floats:
    """The standard deviation of each row's finite values, (users, 1)."""
    finite = np.isfinite(value)
    count = np.maximum(finite.sum(axis=1, keepdims=True), 1)
    known = np.where(finite, value, 0.0)
    mean = known.sum(axis=1, keepdims=True) / count
    squares = np.where(finite, (value - mean) ** 2, 0.0)
    deviation: Floats = np.sqrt(squares.sum(axis=1, keepdims=True) / count)
    return deviation
