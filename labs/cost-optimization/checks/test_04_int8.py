"""Step 4: a quarter of the bytes, with a scale for each row."""

import numpy as np

from recsys.quantise import quantise, recall


def test_a_quarter_of_the_bytes(clustered):
    vectors = clustered()
    stored = quantise(vectors, "int8")
    assert str(stored.codes.dtype) == "int8", "what int8 is stored as"
    assert round(stored.nbytes / vectors.nbytes, 3) <= 0.30, "3,000 vectors of 32 in int8: bytes, scales included"


def test_a_row_by_hand():
    stored = quantise(np.array([[2.54, -1.26, 0.0, 0.034]], dtype=np.float32), "int8")
    scale = round(float(stored.scales[0]), 6)
    assert scale == 0.02, "the row 2.54, -1.26, 0, 0.034: its scale is 2.54 / 127"
    assert stored.codes.tolist() == [[127, -63, 0, 2]], "the row 2.54, -1.26, 0, 0.034: its codes (1.7 goes to 2)"


def test_it_is_symmetric():
    row = np.array([[-1.0, 0.5, 0.25]], dtype=np.float32)
    codes, mirrored = quantise(row, "int8").codes, quantise(-row, "int8").codes
    assert codes.tolist() == (-mirrored).tolist(), "a row and its negative: the codes are negatives"
    assert codes.min() == -127, "the smallest code of the row -1, 0.5, 0.25: -128 has no counterpart"


def test_wrong_by_half_a_step_at_most(clustered):
    vectors = clustered(spread=1.0)
    step = np.abs(vectors).max(axis=1, keepdims=True) / 127
    worst = round(float((np.abs(quantise(vectors, "int8").restore() - vectors) / step).max()), 3)
    assert worst <= 0.501, "rows of very different lengths, stored and restored: worst error, in steps of the row"


def test_a_row_of_zeros():
    restored = quantise(np.zeros((2, 4), dtype=np.float32), "int8").restore()
    assert restored.tolist() == [[0.0] * 4] * 2, "rows of zeros, stored and restored"


def test_what_is_lost(clustered):
    vectors, queries = clustered(), clustered(200, seed=2)
    kept = round(recall(queries @ vectors.T, quantise(vectors, "int8").scores(queries), 10), 3)
    assert kept >= 0.95, "recall@10 of int8 over 3,000 items and 200 queries"


def test_short_rows_keep_their_order(clustered):
    """Items by the cosine to a query among those of the same length: small rows suffer where one scale serves all."""
    vectors = clustered(400) * np.float32(0.001)
    vectors = np.vstack([vectors, clustered(1, seed=3) * np.float32(100.0)])
    queries = clustered(50, seed=2)
    stored = quantise(vectors, "int8").scores(queries)[:, :400]
    kept = round(recall(queries @ vectors[:400].T, stored, 10), 3)
    assert kept >= 0.9, "400 short rows beside one that is 100,000 times as long: recall@10 among the short"
