"""Smaller numbers: embeddings in 32, 16 or 8 bits, and what recall each of them costs. Yours to write.

As it stands every precision is 32 bits. How scores are computed from stored vectors is given; how vectors are stored,
and what is lost by it, is yours. Measure the loss as *recall of the exact top k*, on your own vectors: an average error
says little about which items swap places at the edge of the list. Source: Jacob et al., "Quantization and Training of
Neural Networks for Efficient Integer-Arithmetic-Only Inference", CVPR 2018.
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
        return matrix[positions]
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
    # step 3: refuse what is not finite, and what does not fit into 16 bits; store 16 bits for "fp16"
    # step 4: `_int8` for "int8"
    return Embeddings(vectors.astype(np.float32), np.ones(len(vectors), dtype=np.float32))


def _int8(vectors: Floats) -> Embeddings:
    """Whole numbers -127..127 and one scale a row, its largest absolute value over 127; a row of zeros has a scale too."""
    # step 4; step 10: what the service keeps of its model
    return Embeddings(vectors.astype(np.float32), np.ones(len(vectors), dtype=np.float32))


def recall(exact: Floats, approximate: Floats, k: int) -> float:
    """Share of each row's exact top `k` that the approximate scores (same shape) still have in theirs, averaged."""
    # step 3
    return 0.0
