"""Quantised embeddings: bounded error, the promised memory, and a stated loss of recall."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from recsys.quantise import BLOCK, quantise, recall

finite = st.floats(-1e4, 1e4, width=32)
matrices = arrays(np.float32, array_shapes(min_dims=2, max_dims=2, max_side=12), elements=finite)


def clustered(items: int = 5000, seed: int = 1) -> np.ndarray:
    """Unit vectors around centres, as item embeddings are."""
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(50, 32))[rng.integers(0, 50, items)] + 0.7 * rng.normal(size=(items, 32))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@given(matrices)
def test_int8_is_wrong_by_half_a_step_at_most(vectors: np.ndarray) -> None:
    stored = quantise(vectors, "int8")
    step = np.abs(vectors).max(axis=1, keepdims=True, initial=0) / 127
    assert (np.abs(stored.restore() - vectors) <= step * 0.5001 + 1e-30).all()


@given(matrices)
def test_int8_keeps_signs_and_the_largest_value(vectors: np.ndarray) -> None:
    restored = quantise(vectors, "int8").restore()
    assert (restored * vectors >= 0).all()
    np.testing.assert_allclose(np.abs(restored).max(axis=1), np.abs(vectors).max(axis=1), rtol=1e-5, atol=1e-30)


@given(matrices)
def test_fp16_is_as_exact_as_numpy_and_fp32_loses_nothing(vectors: np.ndarray) -> None:
    np.testing.assert_array_equal(quantise(vectors, "fp16").restore(), vectors.astype(np.float16).astype(np.float32))
    np.testing.assert_array_equal(quantise(vectors, "fp32").restore(), vectors)


def test_memory_is_half_and_about_a_quarter() -> None:
    vectors = clustered()
    full = vectors.nbytes
    assert quantise(vectors, "fp16").nbytes / full == pytest.approx(0.5, abs=0.04)
    assert quantise(vectors, "int8").nbytes / full == pytest.approx(0.25, abs=0.04)


@pytest.mark.parametrize("precision", ["fp32", "fp16", "int8"])
@pytest.mark.parametrize("items", [1, BLOCK - 1, BLOCK + 1])
def test_scores_are_dot_products_with_what_is_stored(precision: str, items: int) -> None:
    vectors, queries = clustered(items), clustered(7, seed=2)
    stored = quantise(vectors, precision)  # type: ignore[arg-type]
    np.testing.assert_allclose(stored.scores(queries), queries @ stored.restore().T, rtol=1e-4, atol=1e-5)


def test_recall_falls_in_the_order_of_the_bits_and_stays_high() -> None:
    vectors, queries = clustered(), clustered(200, seed=2)
    exact = queries @ vectors.T
    fp32, fp16, int8 = (recall(exact, quantise(vectors, p).scores(queries), 10) for p in ("fp32", "fp16", "int8"))
    assert fp32 == 1.0
    assert fp16 > 0.995
    assert 0.95 < int8 <= fp16


def test_recall_is_the_share_of_the_exact_top_k() -> None:
    exact = np.array([[4.0, 3.0, 2.0, 1.0], [1.0, 2.0, 3.0, 4.0]], dtype=np.float32)
    other = np.array([[4.0, 1.0, 2.0, 3.0], [1.0, 2.0, 4.0, 3.0]], dtype=np.float32)
    assert recall(exact, other, 2) == 0.75
    assert recall(exact, other, 99) == 1.0


@pytest.mark.parametrize("precision", ["fp32", "fp16", "int8"])
def test_missing_and_infinite_values_are_refused(precision: str) -> None:
    for value in (np.nan, np.inf):
        with pytest.raises(ValueError, match="cannot be quantised"):
            quantise(np.array([[1.0, value]], dtype=np.float32), precision)  # type: ignore[arg-type]


def test_what_does_not_fit_into_16_bits_is_refused_and_not_made_infinite() -> None:
    with pytest.raises(ValueError, match="65504"):
        quantise(np.array([[70_000.0]], dtype=np.float32), "fp16")
