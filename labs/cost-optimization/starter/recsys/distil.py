"""A smaller ranker: prune what does little, or teach a small network what a large one knows.

Pruning units is yours to write; as it stands nothing is removed. Pruning weights and distilling are given. Zeros are no
faster: a dense product multiplies them as well. Whole columns that are gone make the matrices smaller, and so the time.
Sources: Han et al., NeurIPS 2015 (pruning); Hinton, Vinyals, Dean, 2015 (distillation).
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
    # step 5: what each unit adds to the score, row by row; keep those that vary most; the mean of the others is a bias
    return ranker


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
