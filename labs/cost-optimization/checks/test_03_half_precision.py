"""Step 3: half of the bytes, and what it costs in recall."""

import numpy as np
import pytest

from recsys.quantise import quantise, recall

SMALL = np.array([[4.0, 3.0, 2.0, 1.0], [1.0, 2.0, 3.0, 4.0]], dtype=np.float32)


def test_recall_is_the_share_of_the_exact_list():
    other = np.array([[4.0, 1.0, 2.0, 3.0], [1.0, 2.0, 4.0, 3.0]], dtype=np.float32)
    assert recall(SMALL, SMALL, 2) == 1.0, "recall@2 of scores against themselves"
    assert recall(SMALL, other, 2) == 0.75, "lists (0, 1) and (3, 2) against (0, 3) and (2, 3): recall@2, any order"
    assert recall(SMALL, -SMALL, 2) == 0.0, "the order turned round: recall@2"
    assert recall(SMALL, other, 99) == 1.0, "k larger than the catalogue: recall"


def test_half_of_the_bytes(clustered):
    vectors = clustered()
    stored = quantise(vectors, "fp16")
    share = round(stored.nbytes / vectors.nbytes, 3)
    assert share <= 0.54, "3,000 vectors in fp16: bytes, as a share of 32 bits"
    assert str(stored.codes.dtype) == "float16", "what fp16 is stored as"


def test_fp32_loses_nothing(clustered):
    vectors = clustered()
    assert np.array_equal(quantise(vectors, "fp32").restore(), vectors), "fp32, stored and restored: the same"


def test_fp16_is_as_exact_as_sixteen_bits_are(clustered):
    vectors = clustered()
    wanted = vectors.astype(np.float16).astype(np.float32)
    assert np.array_equal(quantise(vectors, "fp16").restore(), wanted), "fp16, stored and restored: IEEE half precision"


def test_what_is_lost(clustered):
    vectors, queries = clustered(), clustered(200, seed=2)
    kept = round(recall(queries @ vectors.T, quantise(vectors, "fp16").scores(queries), 10), 4)
    assert kept >= 0.99, "recall@10 of fp16 over 3,000 items and 200 queries"


@pytest.mark.parametrize("precision", ["fp32", "fp16", "int8"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_no_number_is_refused(precision, value):
    with pytest.raises(ValueError, match=r"\w"):
        quantise(np.array([[1.0, value]], dtype=np.float32), precision)


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match=r"\w"):
        quantise(np.array([[70_000.0]], dtype=np.float32), "fp16")
