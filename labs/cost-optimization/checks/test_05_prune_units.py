"""Step 5: take out what does little, so that the matrices are smaller."""

import numpy as np
import pytest

from recsys.distil import parameters, prune_units
from recsys.ranking import Ranker

FEATURES = np.random.default_rng(5).normal(size=(4000, 8)).astype(np.float32)


@pytest.fixture(scope="module")
def ranker():
    """Sixteen units of which eight matter; two of the others are large, but hardly ever change."""
    rng = np.random.default_rng(1)
    hidden, output = rng.normal(size=(9, 16)), rng.normal(size=17)
    output[:8] = np.where(output[:8] < 0, -1, 1) * (1 + np.abs(output[:8]))
    output[8:16] *= 0.01
    hidden[:8, 14:16] *= 0.01
    hidden[8, 14:16], output[14:16] = 6.0, (1.5, -0.7)
    mean, scale = np.zeros(8), np.ones(8)
    return Ranker(*(part.astype(np.float32) for part in (mean, scale, hidden, output)))


def test_half_of_the_units_are_gone(ranker):
    pruned = prune_units(ranker, 0.5, FEATURES)
    assert pruned.hidden.shape == (9, 8), "half of sixteen units: shape of the hidden layer (features and bias, units)"
    assert pruned.output.shape == (9,), "half of sixteen units: shape of the output (units and bias)"
    assert parameters(pruned) <= 0.52 * parameters(ranker), "half of sixteen units: numbers that are left"


def test_those_that_do_little_go(ranker):
    pruned = prune_units(ranker, 0.5, FEATURES)
    kept = [unit for unit in range(16) if (pruned.hidden == ranker.hidden[:, [unit]]).all(axis=0).any()]
    assert kept == list(range(8)), "units 0-7 move the score, 8-15 hardly do (14 and 15 are large and constant): kept"


def test_the_score_stays(ranker):
    pruned = prune_units(ranker, 0.5, FEATURES)
    whole, less = ranker.score(FEATURES), pruned.score(FEATURES)
    shift = round(float(abs((less - whole).mean())), 3)
    assert shift <= 0.01, "eight units gone: mean of the scores has moved (what they added on average is a bias)"
    alike = float(np.corrcoef(whole, less)[0, 1])
    assert alike >= 0.99, "eight units gone: correlation with the whole ranker's scores"


def test_nothing_and_nearly_everything(ranker):
    same = prune_units(ranker, 0.0, FEATURES)
    assert same.score(FEATURES) == pytest.approx(ranker.score(FEATURES), rel=1e-3, abs=1e-3), "nothing removed: scores"
    assert prune_units(ranker, 0.999, FEATURES).hidden.shape[1] == 1, "99.9 % of sixteen: one unit stays"
    with pytest.raises(ValueError, match=r"\w"):
        prune_units(ranker, 1.0, FEATURES)
