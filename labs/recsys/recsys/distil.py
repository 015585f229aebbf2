"""A smaller ranker: prune what does little, or teach a small network what a large one knows.

- *Pruning weights* sets the smallest ones to zero. It looks impressive (90 % zeros!) and is no faster: a dense
  product multiplies the zeros as well. It pays with sparse kernels, or 2:4 sparsity on some GPUs.
- *Pruning units* takes whole columns out. The matrices become smaller, and so does the time.
- *Distilling* trains a small student on a large teacher's scores. They say more than the labels do ("nearly",
  "not at all"), and there is one for any input, so the student may learn from rows that nobody labelled.

Either way the result is a new model: it goes through the same gates as any other (`recsys.rollout.challenge`),
and what it saves must be measured on the hardware that serves. Sources: Han et al., NeurIPS 2015 (pruning);
Hinton, Vinyals, Dean, 2015 (distillation).
"""

import warnings
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from recsys.ranking import Ranker

Floats = NDArray[np.float32]
Scorer = Callable[[Floats], Floats]
"""Any teacher: features (n, F) to scores (n,), a network, boosted trees, an ensemble."""


def prune_weights(ranker: Ranker, sparsity: float) -> Ranker:
    """Zero the given share of the hidden layer's smallest weights (biases stay): same shape, same time."""
    weights = ranker.hidden[:-1]
    count = _count(sparsity, weights.size)
    smallest = np.argsort(np.abs(weights), axis=None)[:count]
    hidden = ranker.hidden.copy()
    hidden[np.unravel_index(smallest, weights.shape)] = 0.0
    return Ranker(ranker.mean, ranker.scale, hidden, ranker.output)


def prune_units(ranker: Ranker, sparsity: float, features: Floats) -> Ranker:
    """Remove the given share of hidden units, those that move the score least over `features` (n, F).

    What a removed unit adds on average goes into the output's bias, so that only its variation is lost.
    """
    standard = (features - ranker.mean) / ranker.scale
    active = np.maximum(standard @ ranker.hidden[:-1] + ranker.hidden[-1], 0.0) * ranker.output[:-1]
    order = np.argsort(active.std(axis=0))
    removed = order[: min(_count(sparsity, order.size), order.size - 1)]
    kept = np.setdiff1d(order, removed)
    bias = ranker.output[-1] + active[:, removed].mean(axis=0).sum()
    output = np.append(ranker.output[kept], bias).astype(np.float32)
    return Ranker(ranker.mean, ranker.scale, ranker.hidden[:, kept], output)


def distil(teacher: Scorer, features: Floats, *, units: int = 4, seed: int = 0) -> Ranker:
    """Train a ranker with few hidden units to give the teacher's scores on unlabelled `features` (n, F)."""
    from sklearn.neural_network import MLPRegressor  # seconds to import, and only training needs it

    mean, scale = features.mean(axis=0), np.maximum(features.std(axis=0), 1e-6)
    targets = np.asarray(teacher(features), dtype=np.float64)
    centre, spread = float(targets.mean()), max(float(targets.std()), 1e-9)
    network = MLPRegressor(
        hidden_layer_sizes=(units,), alpha=1e-4, batch_size=256, max_iter=60, learning_rate_init=0.01, random_state=seed
    )
    with warnings.catch_warnings(action="ignore"):  # a fixed number of epochs is meant
        network.fit((features - mean) / scale, (targets - centre) / spread)
    (first, second), (bias, last) = network.coefs_, network.intercepts_
    hidden = np.vstack([first, bias]).astype(np.float32)
    output = np.append(second[:, 0] * spread, last[0] * spread + centre).astype(np.float32)
    return Ranker(mean.astype(np.float32), scale.astype(np.float32), hidden, output)


def parameters(ranker: Ranker) -> int:
    """Weights and biases that are not zero."""
    return int(np.count_nonzero(ranker.hidden) + np.count_nonzero(ranker.output))


def _count(sparsity: float, size: int) -> int:
    if not 0 <= sparsity < 1:
        raise ValueError(f"a share to remove lies in 0..1, below 1, got {sparsity}")
    return round(sparsity * size)
