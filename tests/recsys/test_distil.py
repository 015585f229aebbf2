"""Pruning and distillation of the ranker: smaller, and nearly the same order."""

import numpy as np
import pytest
from scipy import stats

from recsys.distil import distil, parameters, prune_units, prune_weights
from recsys.ranking import Ranker


def candidates(seed: int, n: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    """Features and clicks with a product of two features in them, which no linear model can learn."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(n, 8)).astype(np.float32)
    odds = features[:, 0] + np.abs(features[:, 1]) + 0.8 * features[:, 2] * features[:, 3]
    return features, rng.random(n) < 1 / (1 + np.exp(-odds))


@pytest.fixture(scope="module")
def teacher() -> Ranker:
    return Ranker.fit(*candidates(1), units=64, seed=0)


HELD_OUT = candidates(2)[0]


def agreement(one: Ranker, other: Ranker) -> float:
    return float(stats.spearmanr(one.score(HELD_OUT), other.score(HELD_OUT)).statistic)


def test_pruned_weights_are_the_smallest_ones(teacher: Ranker) -> None:
    pruned = prune_weights(teacher, 0.5)
    before, after = np.abs(teacher.hidden[:-1]), pruned.hidden[:-1]
    assert (after == 0).mean() == pytest.approx(0.5)
    assert before[after == 0].max() <= before[after != 0].min()
    assert pruned.hidden.shape == teacher.hidden.shape
    np.testing.assert_array_equal(pruned.hidden[-1], teacher.hidden[-1])


def test_pruning_nothing_changes_nothing(teacher: Ranker) -> None:
    for pruned in (prune_weights(teacher, 0.0), prune_units(teacher, 0.0, HELD_OUT)):
        np.testing.assert_allclose(pruned.score(HELD_OUT), teacher.score(HELD_OUT), rtol=1e-4, atol=1e-5)


def test_pruned_units_are_gone_and_the_order_nearly_stays(teacher: Ranker) -> None:
    pruned = prune_units(teacher, 0.5, candidates(1)[0])
    assert pruned.hidden.shape == (9, 32)
    assert pruned.output.shape == (33,)
    assert agreement(teacher, pruned) > 0.95


def test_units_are_chosen_by_what_they_do(teacher: Ranker) -> None:
    chosen = agreement(teacher, prune_units(teacher, 0.6, candidates(1)[0]))
    kept = np.random.default_rng(0).permutation(64)[:26]
    random = Ranker(teacher.mean, teacher.scale, teacher.hidden[:, kept], teacher.output[np.append(kept, -1)])
    assert chosen > agreement(teacher, random)


def test_the_average_of_removed_units_stays_in_the_score(teacher: Ranker) -> None:
    features = candidates(1)[0]
    pruned = prune_units(teacher, 0.5, features)
    assert pruned.score(features).mean() == pytest.approx(teacher.score(features).mean(), abs=1e-3)


def test_one_unit_always_stays(teacher: Ranker) -> None:
    assert prune_units(teacher, 0.999, HELD_OUT).hidden.shape[1] == 1


def test_a_student_learns_the_order_with_a_fraction_of_the_weights(teacher: Ranker) -> None:
    student = distil(teacher.score, candidates(3)[0], units=8)
    assert parameters(student) < parameters(teacher) / 6
    assert agreement(teacher, student) > 0.97


def test_scores_of_the_student_are_on_the_teachers_scale(teacher: Ranker) -> None:
    student = distil(teacher.score, candidates(3)[0], units=8)
    assert student.score(HELD_OUT).mean() == pytest.approx(teacher.score(HELD_OUT).mean(), abs=0.1)
    assert student.score(HELD_OUT).std() == pytest.approx(teacher.score(HELD_OUT).std(), rel=0.1)


def test_the_teacher_may_be_anything() -> None:
    student = distil(lambda features: 3 * features[:, 0] - features[:, 1] + 2, candidates(3)[0], units=4)
    expected = 3 * HELD_OUT[:, 0] - HELD_OUT[:, 1] + 2
    assert stats.pearsonr(student.score(HELD_OUT), expected).statistic > 0.99


@pytest.mark.parametrize("sparsity", [-0.1, 1.0, 2.0])
def test_an_impossible_share_is_refused(teacher: Ranker, sparsity: float) -> None:
    with pytest.raises(ValueError, match="share to remove"):
        prune_weights(teacher, sparsity)
    with pytest.raises(ValueError, match="share to remove"):
        prune_units(teacher, sparsity, HELD_OUT)
