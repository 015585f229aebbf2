"""Smaller numbers: embeddings in 32, 16 or 8 bits, and what recall each of them costs.

FP16 halves the memory and loses next to nothing. INT8 stores each row as whole numbers -127..127 and one scale,
the row's largest value over 127: a quarter of the memory, an error of at most half a scale a value. Measure the
loss as *recall of the exact top k*, on your own vectors: an average error says little about which items swap
places at the edge of the list.

What it buys depends on the hardware. Memory, and with it items a machine, always. Speed only where 8-bit
kernels exist (VNNI, tensor cores, ONNX Runtime): NumPy has none, so scores are computed in 32 bits, block by
block, and a single query pays for the conversion.
Source: Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
Inference", CVPR 2018.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Precision = Literal["fp32", "fp16", "int8"]
Floats = NDArray[np.float32]

LARGEST = 127
BLOCK = 4096
"""Rows converted at a time: small enough for the processor's cache, whatever the catalogue's size."""


@dataclass(frozen=True, slots=True)
class Embeddings:
    """Vectors as stored: `codes` (items, dimensions) in the chosen precision, `scales` (items,) to turn them back."""

    codes: NDArray[np.generic]
    scales: Floats

    @property
    def nbytes(self) -> int:
        """Bytes of memory."""
        return self.codes.nbytes + self.scales.nbytes

    @property
    def shape(self) -> tuple[int, ...]:
        """(items, dimensions)."""
        return self.codes.shape

    def restore(self) -> Floats:
        """The vectors in 32 bits, as exact as the codes are, (items, dimensions)."""
        vectors: Floats = self.codes.astype(np.float32) * self.scales[:, None]
        return vectors

    def scores(self, queries: Floats) -> Floats:
        """Dot products of 32-bit queries (n, dimensions) with all items, (n, items)."""
        scores = np.empty((len(queries), len(self.codes)), dtype=np.float32)
        for start in range(0, len(self.codes), BLOCK):
            block = self.codes[start : start + BLOCK].astype(np.float32, copy=False)
            np.matmul(queries, block.T, out=scores[:, start : start + BLOCK])
        scores *= self.scales
        return scores


Matrix = Floats | Embeddings


def rows_of(matrix: Matrix, positions: NDArray[np.intp]) -> Floats:
    """Some rows in 32 bits, (..., dimensions): a gather reads a half or a quarter of the bytes."""
    if not isinstance(matrix, Embeddings):
        return matrix.take(positions, axis=0)
    rows: Floats = matrix.codes[positions].astype(np.float32)
    rows *= matrix.scales[positions][..., None]
    return rows


def products(queries: Floats, matrix: Matrix) -> Floats:
    """Dot products of queries (n, dimensions) with all rows, (n, items)."""
    if isinstance(matrix, Embeddings):
        return matrix.scores(queries)
    scores: Floats = queries @ matrix.T
    return scores


def quantise(vectors: Floats, precision: Precision) -> Embeddings:
    """Store vectors (items, dimensions) in a precision; raises ValueError for values that are not finite."""
    if not np.isfinite(vectors).all():
        raise ValueError("embeddings with infinite or missing values cannot be quantised")
    if precision == "int8":
        return _int8(vectors)
    dtype = np.float16 if precision == "fp16" else np.float32
    if precision == "fp16" and np.abs(vectors).max(initial=0.0) > np.finfo(np.float16).max:
        raise ValueError("embeddings above 65504 do not fit into 16 bits; normalise them first")
    return Embeddings(vectors.astype(dtype), np.ones(len(vectors), dtype=np.float32))


def _int8(vectors: Floats) -> Embeddings:
    largest = np.abs(vectors).max(axis=1, initial=0.0)
    scales = (np.where(largest > 0, largest, LARGEST) / LARGEST).astype(np.float32)
    scales = np.maximum(scales, np.finfo(np.float32).tiny)
    codes = np.clip(np.rint(vectors / scales[:, None]), -LARGEST, LARGEST).astype(np.int8)
    return Embeddings(codes, scales)


def recall(exact: Floats, approximate: Floats, k: int) -> float:
    """Share of each row's exact top `k` that the approximate scores (same shape) still have in theirs, averaged."""
    k = min(k, exact.shape[1])
    best, found = (np.argpartition(-scores, k - 1, axis=1)[:, :k] for scores in (exact, approximate))
    return float(np.mean([np.isin(a, b).mean() for a, b in zip(best, found, strict=True)]))
