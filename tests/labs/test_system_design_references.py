"""The figures that the system-design lab judges by are those of scikit-learn."""

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from sklearn.metrics import ndcg_score

CHECKS = Path(__file__).parents[2] / "labs/system-design/checks/test_03_offline_evaluation.py"
ITEMS = 50


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(CHECKS.parents[2] / "recsys"))
    spec = importlib.util.spec_from_file_location("offline_evaluation_checks", CHECKS)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_ndcg_is_that_of_scikit_learn(checks: ModuleType) -> None:
    for (places, relevant), expected in checks.NDCG_AT_10.items():
        truth = np.zeros(ITEMS)
        truth[[place - 1 for place in places]] = 1
        truth[ITEMS - (relevant - len(places)) : ITEMS] = 1  # the others come last, behind the tenth place
        assert truth.sum() == relevant
        assert ndcg_score([truth], [np.arange(ITEMS, 0, -1)], k=10) == pytest.approx(expected, abs=1e-6)
