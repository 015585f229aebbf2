"""Diversity: ten items of one kind are one recommendation, not ten.

Maximal marginal relevance (Carbonell and Goldstein, 1998), for many users at once: take the best item, then again and
again the one that is best after a penalty for its likeness to what is taken already.
"""

from __future__ import annotations

import numpy as np

from recsys.catalogue import Floats, Indices


def diversify(relevance: Floats, vectors: Floats, k: int, weight: float) -> Indices:
    """Columns of `relevance` (users, n) to show, (users, k), in order; `vectors` (users, n, d) have length 1.

    `weight` 0 sorts by relevance; 1 pays one standard deviation of relevance for avoiding an identical item.
    """
    order = np.argsort(-relevance, axis=1, kind="stable")
    if weight == 0.0 or relevance.shape[1] <= 1:
        return order[:, :k]
    pool = order[:, : 3 * k]
    value = np.take_along_axis(relevance, pool, axis=1)
    vectors = np.take_along_axis(vectors, pool[..., None], axis=1)
    finite = np.isfinite(value)
    penalty = weight * float(np.std(value, where=finite, axis=1, keepdims=True).mean()) if finite.any() else 0.0
    return np.take_along_axis(pool, _greedy(value, vectors, min(k, pool.shape[1]), penalty), axis=1)


def _greedy(value: Floats, vectors: Floats, k: int, penalty: float) -> Indices:
    likeness = penalty * np.matmul(vectors, vectors.transpose(0, 2, 1))
    rows = np.arange(len(value))
    chosen = np.empty((len(value), k), dtype=np.intp)
    worst = np.zeros_like(value)
    left = np.where(np.isfinite(value), value, np.finfo(np.float32).min)  # taken only when nothing else is left
    for place in range(k):
        pick = chosen[:, place] = np.argmax(left - worst, axis=1)
        np.maximum(worst, likeness[rows, pick], out=worst)
        left[rows, pick] = -np.inf
    return chosen
